import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { proveBacklog } from './backlog.ts';
import { proveDatabaseOff } from './database-off.ts';
import { proveEscalation } from './escalation.ts';
import { proveFrozen } from './frozen.ts';
import { proveLibraryRollout } from './library-rollout.ts';
import { proveLimitReplay } from './limit-replay.ts';
import { proveLongJournal } from './long-journal.ts';
import { provePoison } from './poison.ts';
import { type ProofResult, percentile, proofResult, resultText } from './result.ts';
import { openStage, type ProofContext, type Stage } from './stage.ts';

const folder = mkdtempSync(join(tmpdir(), 'dripwatch-prove-'));
const context: ProofContext = { folder, log: () => {}, signal: new AbortController().signal };
let stage: Stage;

// One platform for all: starting it costs more than a short proof.
beforeAll(async () => {
  stage = await openStage(context);
});
afterAll(async () => {
  await stage?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Shows what a proof found, which has to hold. */
async function proven(proof: Promise<ProofResult>): Promise<void> {
  const result = await proof;
  const text = resultText(result);
  process.stderr.write(`${text}\n`);
  expect(result.good, text).toBe(true);
}

test('a proof holds only when all its checks do', () => {
  const holds = { what: 'this', holds: true };
  expect(proofResult('p', [], [holds]).good).toBe(true);
  expect(proofResult('p', [], [holds, { what: 'that', holds: false }]).good).toBe(false);
});

test('a percentile is a value that was measured', () => {
  const values = Array.from({ length: 200 }, (_, n) => 200 - n);
  expect([0.5, 0.99, 1].map((share) => percentile(values, share))).toEqual([100, 198, 200]);
  expect(percentile([7], 0.99)).toBe(7);
  expect(percentile([], 0.5)).toBeNaN();
});

// How fast is for `npm run prove`: a test run shares its cores. These mostly wait for acknowledgements.
test.runIf(process.env.LONG_TESTS === '1')(
  'a backlog drains whole while live alarms reach the screen',
  async () => {
    const options = {
      records: 20_000,
      pumps: 20,
      livePumps: 10,
      alarmEveryMs: 50,
      alarmsBefore: 10,
      atLeastPerS: null,
      alarmWithinMs: 10_000,
    };
    await proven(proveBacklog(options, stage, context));
  },
  120_000,
);

test.concurrent('a bad record in each batch costs only itself', async () => {
  await proven(provePoison({ batches: 24, pumps: 8, recordsPerBatch: 10 }, stage, context));
}, 60_000);

test.concurrent('a journal of hours is history, and only what is still so alerts', async () => {
  await proven(proveLongJournal({ hours: 3, alarmEveryMs: 3_600_000, knownRecords: 0 }, stage, context));
}, 60_000);

test('a limit replay says of each programme what the live rule says', async () => {
  await proven(proveLimitReplay({ programmes: 2_000, pumps: 20, runs: 1, withinMs: null }, stage, context));
}, 60_000);

test('a library reaches a fleet that loses its power, or the pump is listed with its reason', async () => {
  const options = { pumps: 40, canaryPercent: 10, seed: 2, kills: false, waits: false };
  await proven(proveLibraryRollout(options, stage, context));
}, 120_000);

test('a pump and a browser that stop reading are cut, and nobody waits for them', async () => {
  await proven(
    proveFrozen(
      { pumps: 20, samplesPerS: 100, bytesPerS: 3_000_000, watchedMs: 1_000, othersWithinMs: 1_000 },
      stage,
      context,
    ),
  );
}, 60_000);

// The suite has this with a hand-made pump (tests/integration/ingest-outage.test.ts); LONG_TESTS=1 with a fleet.
test.runIf(process.env.LONG_TESTS === '1')(
  'while the database is away nothing is lost or silent',
  async () => {
    const options = { minutes: 0.1, pumps: 20, cadenceMs: 1_000, warmUpMs: 1_000, alarms: 5 };
    await proven(proveDatabaseOff(options, stage, context));
  },
  90_000,
);

test('people are asked in time and once, while what asks them is killed', async () => {
  const options = { minutes: 0.15, alerts: 40, workers: 2, killEveryMs: 2_500 };
  await proven(proveEscalation(options, stage, context));
}, 60_000);
