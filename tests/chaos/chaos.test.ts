import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { chaosReport } from './report.ts';
import { runChaos } from './run.ts';
import { faultFamilies, planFaults } from './schedule.ts';

const options = { seed: 7, pumps: 40, lastsMs: 20_000, families: faultFamilies };

test('the same seed plans the same faults, another seed others', () => {
  const plan = planFaults(options);
  expect(planFaults(options)).toEqual(plan);
  expect(planFaults({ ...options, seed: 8 })).not.toEqual(plan);
  expect(plan.every(({ atMs }) => atMs >= 0 && atMs < options.lastsMs)).toBe(true);
});

test('leaving out one family leaves the others as they were', () => {
  const families = faultFamilies.filter((family) => family !== 'kill');
  expect(planFaults({ ...options, families })).toEqual(planFaults(options).filter(({ family }) => family !== 'kill'));
});

test('under faults at once nothing is lost, doubled or silent, and everything drains', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dripwatch-chaos-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const result = await runChaos({
    ...options,
    // Every family at once takes minutes to judge: LONG_TESTS=1 here, or `npm run chaos`.
    families: process.env.LONG_TESTS === '1' ? faultFamilies : ['kill', 'wire', 'clock', 'reboot'],
    broker: 'aedes',
    folder,
    log: () => {},
    signal: new AbortController().signal,
  });
  const report = chaosReport(result);
  process.stderr.write(`${report}\n`);
  expect(result.good, report).toBe(true);
  // A run in which nothing happened would prove nothing.
  expect(result.verdict.records.stored).toBeGreaterThan(options.pumps);
  expect(result.verdict.alerts.alarms).toBeGreaterThan(0);
  expect(result.faults.kill?.done).toBeGreaterThan(0);
}, 300_000);
