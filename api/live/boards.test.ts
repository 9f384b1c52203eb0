import { expect, test } from 'vitest';
import type { Alert } from '#schemas/http/alert.ts';
import type { LivePump } from '#schemas/messages/live.ts';
import type { PumpRow } from '../pump-row.ts';
import { createAlertBoard } from './alert-board.ts';
import { createPathAge } from './path-age.ts';
import { createProvisional } from './provisional.ts';
import { createPumpBoard } from './pump-board.ts';

const row: PumpRow = {
  ...{ id: 'P', model: 'm', serial: 's', firmware: null, libraryVersion: null, libraryAssigned: null, shard: 1 },
  ...{ status: 'ready', statusSet: null, presence: 'never', state: null, rateMlPerH: null, infusedMl: null },
  ...{ vtbiRemainingMl: null, reservoirMl: null, pressureKpa: null, batteryPct: null, mains: null },
  ...{ pumpInfusion: null, infusion: null, drug: null, lastSampleAt: null, lastContactAt: null, silentSince: null },
  ...{ completeThrough: null, missing: 0, epochNo: null, seq: null, holds: null },
};
const live = (facts: Partial<LivePump>): LivePump => ({
  ...{ id: 'P', epochNo: 1, seq: 1, infusion: null, state: 'delivering', rateMlPerH: 1, infusedMl: 0 },
  ...{ vtbiRemainingMl: null, reservoirMl: null, pressureKpa: null, batteryPct: null, mains: null },
  ...{ lastSampleAt: 1_000, lastContactAt: 1_000, silentSince: null, completeThrough: null, missing: 0 },
  ...facts,
});

test.each<[string, Partial<LivePump>, number]>([
  ['a later record', { seq: 6 }, 9],
  ['an earlier record', { seq: 4 }, 1],
  ['an earlier record of a newer epoch', { epochNo: 3, seq: 1 }, 9],
  ['a later record of an older epoch', { epochNo: 1, seq: 99 }, 1],
  ['the same record, heard later', { seq: 5, lastContactAt: 2_000 }, 9],
  ['the same record, heard earlier', { seq: 5, lastContactAt: 500 }, 1],
])('%s', (_what, facts, rateMlPerH) => {
  const board = createPumpBoard();
  board.load([row], true);
  board.merge([live({ epochNo: 2, seq: 5 })]);
  board.merge([live({ epochNo: 2, ...facts, rateMlPerH: 9 })]);
  expect(board.all()[0]?.rateMlPerH).toBe(rateMlPerH);
});

const atPatient = { ...row, status: 'at-patient' as const, statusSet: 'at-patient' as const };

test('a row read from the database before the last message does not undo it, but brings status and drug', () => {
  const board = createPumpBoard();
  board.load([row], true);
  expect(board.merge([live({ seq: 9, infusion: 1, lastContactAt: 9_000 })])).toEqual(['P']);
  expect(board.all()[0]).toMatchObject({ status: 'at-patient', drug: null });
  const stale = { ...row, ...{ epochNo: 1, seq: 8, pumpInfusion: 1, infusion: 'i', drug: 'd', rateMlPerH: 7 } };
  board.load([{ ...stale, status: 'service', statusSet: 'service', lastContactAt: '1970-01-01T00:00:08.000Z' }], true);
  expect(board.all()[0]).toMatchObject({ seq: 9, rateMlPerH: 1, drug: 'd', infusion: 'i', status: 'service' });
});

test('a pump that the board does not know is asked for; one that is gone is forgotten; silence is counted', () => {
  const board = createPumpBoard();
  expect(board.merge([live({ id: 'NEW' })])).toEqual(['NEW']);
  const shelf = { ...row, id: 'R', status: 'ready' as const, statusSet: 'ready' as const };
  board.load([atPatient, { ...atPatient, id: 'Q' }, shelf], true);
  board.merge([live({ silentSince: 5 })]);
  expect(board.fleet()).toEqual({ pumps: 2, silent: 1 });
  expect(board.takeChanged().map(({ id }) => id)).toEqual(['P', 'Q', 'R']);
  expect(board.takeChanged()).toEqual([]);
  board.load([row], true);
  expect(board.all()).toHaveLength(1);
});

test.each([
  ['a fleet', 600, [150, 150, 150, 150, 0]],
  ['a large one, a quarter at a time', 2_000, [500, 500, 500, 500, 0]],
])('%s is told in turns, longest waiting first, and nothing twice', (_, count, turns) => {
  const board = createPumpBoard();
  const ids = Array.from({ length: count }, (_, n) => `P${n}`);
  board.load(
    ids.map((id) => ({ ...atPatient, id })),
    true,
  );
  const told = turns.map(() => board.takeChanged().map(({ id }) => id));
  expect(told.map(({ length }) => length)).toEqual(turns);
  expect(told.flat()).toEqual(ids.slice(0, told.flat().length));
});

test('a pump that changes while others wait is told after them, as it is then', () => {
  const board = createPumpBoard();
  board.load(
    Array.from({ length: 200 }, (_, n) => ({ ...atPatient, id: `P${n}` })),
    true,
  );
  board.takeChanged();
  board.merge([live({ id: 'P0', seq: 9, lastContactAt: 9_000 })]);
  const rest = board.takeChanged();
  expect(rest).toHaveLength(51);
  expect(rest.at(-1)).toMatchObject({ id: 'P0', seq: 9 });
});

test('the watchdog’s canary is not shown and no pump being tested is counted, until a person gives it another status', () => {
  const board = createPumpBoard();
  const testing = { ...row, status: 'testing' as const, statusSet: 'testing' as const };
  board.load([atPatient, { ...testing, id: 'CANARY-1' }, { ...testing, id: 'BENCH' }], true);
  expect(board.all().map(({ id }) => id)).toEqual(['P', 'BENCH']);
  expect(board.takeChanged().map(({ id }) => id)).toEqual(['P', 'BENCH']);
  expect(board.fleet().pumps).toBe(1);
  board.load([{ ...row, id: 'CANARY-1', status: 'at-patient', statusSet: 'at-patient' }], false);
  expect(board.all().map(({ id }) => id)).toContain('CANARY-1');
  expect(board.fleet().pumps).toBe(2);
});

test('the path is as old as its slowest shard, and unknown before the first echo', () => {
  const path = createPathAge(0);
  expect(path.ageMs(1_000)).toBeNull();
  const first = path.sent(1_000);
  path.echoed(first, [0, 1, 2, 3, 4, 5, 6, 7]);
  expect(path.ageMs(2_000)).toBe(2_000); // shards 8 to 15 never answered: as old as we are
  path.echoed(first, [8, 9, 10, 11, 12, 13, 14, 15]);
  expect(path.ageMs(2_000)).toBe(1_000);
  path.echoed(path.sent(3_000), [0, 1, 2, 3]);
  expect(path.ageMs(3_500)).toBe(2_500);
  path.echoed(999, [4]); // never sent
  expect(path.ageMs(3_500)).toBe(2_500);
});

test('provisional alerts of all workers are one set, each as long as its worker repeats it', () => {
  const provisional = createProvisional();
  const alert = (id: string) =>
    ({ id, pump: 'P', type: 't', priority: 'high', message: 'm', raisedAt: 0, receivedAt: 0, late: false }) as const;
  provisional.put('a', 50, [alert('1'), alert('2')], 0);
  provisional.put('b', 20, [alert('2'), alert('3')], 10_000);
  expect(provisional.union(15_000)).toMatchObject({ since: 20, alerts: [{ id: '1' }, { id: '2' }, { id: '3' }] });
  expect(provisional.union(15_001).alerts.map(({ id }) => id)).toEqual(['2', '3']);
  provisional.put('b', null, [], 16_000);
  expect(provisional.union(16_000)).toEqual({ since: null, alerts: [] });
});

const hops = {
  ...{ pumpAt: null, brokerAt: null, receivedAt: null, committedAt: null },
  ...{ sentAt: null, renderedAt: null, seenAt: null, acceptedAt: null },
};
const plain: Alert = {
  ...{
    id: '',
    pump: null,
    infusion: null,
    therapy: null,
    type: 't',
    pumpPriority: null,
    owner: null,
    offeredTo: null,
    acceptedUntil: null,
    offer: null,
    nextStepAt: null,
    held: null,
    closed: null,
  },
  ...{ raisedAt: '2026-01-01T00:00:00.000Z', late: false, endedAt: null, endReason: null, count: 1, message: '' },
  ...{ detail: {}, drug: null, patient: null, neededSomebody: null, hops },
  audience: 'clinical',
  priority: 'medium',
  condition: 'active',
  responsibility: 'unassigned',
};
const alert = (id: string, facts: Partial<Alert> = {}): Alert => ({ ...plain, id, ...facts });

test('deltas where every missed change is remembered, else null', () => {
  const board = createAlertBoard();
  board.load(
    'e',
    10,
    [],
    [9, 10].map((seq) => ({ seq, alert: alert(`${seq}`) })),
  );
  for (let seq = 11; seq <= 13; seq += 1) board.apply({ seq, alert: alert(`${seq}`) });
  expect(board.since('e', 13)).toEqual([]);
  expect(board.since('e', 8)?.map(({ seq }) => seq)).toEqual([9, 10, 11, 12, 13]);
  expect(board.since('e', 7)).toBeNull();
  expect(board.since('e', 14)).toBeNull();
  expect(board.since('other', 13)).toBeNull();
  expect(board.since(null, 0)).toBeNull();
  expect([8, 9, 13, 14].map(board.alertAt)).toEqual([null, '9', '13', null]);
  for (let seq = 14; seq <= 4_000; seq += 1) board.apply({ seq, alert: alert('x') });
  expect(board.since('e', 3_000)).toHaveLength(1_000);
  expect(board.since('e', 2_999)).toBeNull();
});

test('shown: active, ended and unseen high, ended within the hour', () => {
  const now = Date.parse('2026-01-01T10:00:00Z');
  const ended = (endedAt: string, facts: Partial<Alert> = {}) => ({ condition: 'ended', endedAt, ...facts }) as const;
  const board = createAlertBoard();
  const seen = { ...hops, seenAt: '2026-01-01T08:00:00.000Z' };
  const all = [
    alert('active'),
    alert('unseen high', ended('2026-01-01T01:00:00.000Z', { priority: 'high' })),
    alert('technical high', ended('2026-01-01T01:00:00.000Z', { priority: 'high', audience: 'technical-on-call' })),
    alert('seen high', ended('2026-01-01T01:00:00.000Z', { priority: 'high', hops: seen })),
    alert('lately', ended('2026-01-01T09:00:00.001Z')),
    alert('earlier', ended('2026-01-01T08:59:59.999Z')),
  ];
  board.load('e', 1, all, []);
  expect(new Set(board.shown(now).map(({ id }) => id))).toEqual(new Set(['active', 'unseen high', 'lately']));
});

test('a receipt is kept when the alert changes before it was written', () => {
  const board = createAlertBoard();
  board.load('e', 0, [], []);
  board.apply({ seq: 1, alert: alert('a') });
  board.stamp('a', 'sentAt', 'first');
  board.stamp('a', 'sentAt', 'second');
  board.apply({ seq: 2, alert: alert('a', { condition: 'ended' }) });
  expect(board.get('a')).toMatchObject({ condition: 'ended', hops: { sentAt: 'first' } });
});
