import { defineConfig } from 'vitest/config';
import LongestFirst from './scripts/testing/longest-first.ts';

const parts = ['schemas', 'broker', 'ingest', 'api', 'firmware-sim', 'watchdog', 'dashboard'];

// What brings a database server of its own, or is about people, pumps and processes rather than about what a hypertable
// stores, runs on the pass without another database.
const onceIsEnough = [
  'tests/{chaos,prove}/**',
  'tests/system/{kill,watchdog}.test.ts',
  'tests/integration/sim-{faults,fleet,process,library}.test.ts',
  'tests/integration/broker*.test.ts',
  'tests/integration/{live,escalation,on-call,notify*,library-distribution,watchdog-channels}.test.ts',
  'tests/integration/api-{calls,contact-methods,guidance,hand-over,libraries,orders,roles,session}.test.ts',
];

// A worker loads the services once and not again for each file: they keep nothing outside of what is started and closed.
const isolate = false;

// How quickly a page answers is measured with nothing beside it, when everything else is over.
const measured = 'tests/browser/board-load.test.ts';
const browser = {
  isolate,
  include: ['tests/browser/**/*.test.ts'],
  globalSetup: ['tests/support/database-server.ts', 'tests/support/built-dashboard.ts'],
  testTimeout: 60_000,
  hookTimeout: 120_000,
};

// For two cores, shared with a database, a broker and sometimes a browser: three files at once, since most of them wait
// half of their time.
export default defineConfig({
  test: {
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          isolate,
          // tests/scripts brings its own servers where it needs some.
          include: [
            ...parts.map((part) => `${part}/**/*.test.{ts,tsx}`),
            'tests/*.test.ts',
            'tests/scripts/**/*.test.ts',
            'tests/score/**/*.test.ts',
          ],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'integration',
          isolate,
          include: ['tests/{integration,system,chaos,prove,conformance}/**/*.test.ts'],
          exclude: process.env.TEST_DATABASE_URL ? onceIsEnough : [],
          globalSetup: ['tests/support/database-server.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          ...browser,
          name: 'browser',
          exclude: [measured],
        },
      },
      {
        test: {
          ...browser,
          name: 'browser-alone',
          include: [measured],
          sequence: { groupOrder: 1 },
          fileParallelism: false,
        },
      },
    ],
  },
});
