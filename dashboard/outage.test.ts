import { expect, test } from 'vitest';
import { notRecordedSince, outageSince } from './outage.ts';
import type { Situation } from './store.ts';

type Told = Pick<Situation, 'tick' | 'provisional'>;
const at = 1_000_000;

const tick = (up: boolean, downSince: number | null): Told['tick'] => ({
  ...{ type: 'tick', head: 0, at, pathAgeMs: 0, screens: 1 },
  fleet: { pumps: 1, silent: 0 },
  db: { up, downSince },
});
const provisional = (since: number | null): Told['provisional'] => ({ since, at, alerts: [] });

test.each<[string, Told, number | null, number | null]>([
  ['nothing was heard yet', { tick: null, provisional: null }, null, null],
  ['all is well', { tick: tick(true, null), provisional: provisional(null) }, null, null],
  ['the api’s database is away', { tick: tick(false, 5), provisional: provisional(null) }, 5, 5],
  ['it never was there', { tick: tick(false, null), provisional: null }, at, at],
  ['both are cut off', { tick: tick(false, 5), provisional: provisional(7) }, 5, 5],
  ['only ingest is: what people do is recorded', { tick: tick(true, null), provisional: provisional(7) }, null, 7],
])('%s', (_what, told, away, notRecorded) => {
  expect(outageSince(told)).toBe(away);
  expect(notRecordedSince(told)).toBe(notRecorded);
});
