import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { keepState, readKeptState } from './kept-state.ts';
import type { WatchState } from './watch-state.ts';

const failing: WatchState = {
  at: 'failing',
  since: 1_000,
  what: [{ component: 'broker', problem: 'does not answer' }],
  pagedAt: 20_000,
  goodSince: null,
  quietMs: 15_000,
};
const savedAt = 1_000_000;

function file(): string {
  const dir = mkdtempSync(join(tmpdir(), 'dripwatch-kept-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return join(dir, 'watchdog', 'state.json');
}

test('a watchdog that is started again during an outage goes on with it: no second page, and its end is told', () => {
  const path = file();
  keepState(path, failing, savedAt);
  expect(readKeptState(path, savedAt + 30_000)).toEqual(failing);
});

test.each<[string, number, WatchState]>([
  ['too old', 120_001, failing],
  ['of the future', -120_001, failing],
  ['that says all was well', 1_000, { at: 'ok', recoveredAt: null, quietMs: 15_000 }],
])('a state %s is not gone on with', (_what, laterMs, state) => {
  const path = file();
  keepState(path, state, savedAt);
  const now = savedAt + laterMs;
  expect(readKeptState(path, now)).toEqual({ at: 'starting', since: now });
});

test('no state, or half a one, begins anew', () => {
  const path = file();
  expect(readKeptState(path, 5)).toEqual({ at: 'starting', since: 5 });
  keepState(path, failing, 5);
  writeFileSync(path, '{"savedAt": 5, "sta');
  expect(readKeptState(path, 5)).toEqual({ at: 'starting', since: 5 });
});
