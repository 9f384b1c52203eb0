import { expect, test } from 'vitest';
import { judge, lateAfterMs, type Observations, type Readiness } from './judge.ts';

const up: Readiness = { answered: true, ok: true, body: { status: 'ok' } };
const gone: Readiness = { answered: false, why: 'ECONNREFUSED' };
const unready = (body: unknown): Readiness => ({ answered: true, ok: false, body });
const checks = (failed: string) =>
  unready({ checks: { database: true, broker: true, prepared: true, [failed]: false } });
const good: Observations = {
  sinceStartMs: 600_000,
  readiness: { broker: up, ingest: up, api: up },
  unlinkedMs: 0,
  echoAgeMs: 10_000,
  apiEchoAgeMs: 2_000,
  databaseDownSince: null,
  uncommittedMs: null,
  notWritten: null,
};
const late = lateAfterMs + 1;

const table: [string, Partial<Observations>, string[]][] = [
  ['nothing', {}, []],
  ['a record that may still be acknowledged', { uncommittedMs: lateAfterMs }, []],
  ['a record that is late', { uncommittedMs: late }, ['canary: a record is not committed after 15 s']],
  ['nothing heard yet at the start', { sinceStartMs: lateAfterMs, echoAgeMs: null, apiEchoAgeMs: null }, []],
  ['nothing ever heard', { sinceStartMs: late, echoAgeMs: null }, ['ingest: echoes nothing for 15 s']],
  [
    'a broker that is gone, of which the others tell too',
    {
      readiness: { broker: gone, ingest: unready({ status: 'no link to the broker' }), api: checks('broker') },
      unlinkedMs: late,
      echoAgeMs: late,
      apiEchoAgeMs: late,
      uncommittedMs: late,
    },
    ['broker: does not answer (ECONNREFUSED)', 'canary: a record is not committed after 15 s'],
  ],
  ['a broker that admits nobody', { unlinkedMs: late, echoAgeMs: late }, ['broker: no connection for 15 s']],
  [
    'a broker without credentials',
    { readiness: { ...good.readiness, broker: unready({ status: 'no credentials' }) } },
    ['broker: not ready: no credentials'],
  ],
  [
    'an ingest that is gone',
    { readiness: { ...good.readiness, ingest: gone }, echoAgeMs: late },
    ['ingest: does not answer (ECONNREFUSED)'],
  ],
  ['an ingest that hangs', { echoAgeMs: late, apiEchoAgeMs: late }, ['ingest: echoes nothing for 15 s']],
  ['an api that is gone', { readiness: { ...good.readiness, api: gone } }, ['api: does not answer (ECONNREFUSED)']],
  ['an api whose live part hangs', { apiEchoAgeMs: late }, ['api: sends nothing for 15 s']],
  [
    'an api that is not prepared',
    { readiness: { ...good.readiness, api: checks('prepared') } },
    ['api: not ready: prepared'],
  ],
  [
    'a database that only ingest misses',
    { databaseDownSince: 0 },
    ['database: not recorded since 1970-01-01T00:00:00.000Z'],
  ],
  [
    'a database that nobody reaches',
    {
      readiness: {
        broker: up,
        ingest: unready({ status: 'the database does not answer' }),
        api: checks('database'),
      },
    },
    ['database: ingest: the database does not answer'],
  ],
  ['a full disk of our own', { notWritten: 'ENOSPC' }, ['canary: its journal cannot be written (ENOSPC)']],
];

test.each(table)('what is blamed for %s', (_what, seen, expected) => {
  expect(judge({ ...good, ...seen }).map(({ component, problem }) => `${component}: ${problem}`)).toEqual(expected);
});
