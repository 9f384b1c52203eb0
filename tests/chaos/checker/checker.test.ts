import { expect, test } from 'vitest';
import type { History, JournalEvent, ScreenEvent } from './history.ts';
import type { Stored, StoredRecord } from './stored.ts';
import { judgeHistory } from './verdict.ts';
import type { ViolationKind } from './violation.ts';

// A small run in which everything happened as it should. Each test breaks one thing of it.

const pump = 'PUMP-0001';
const epoch = '00000000000000a1';
const lostEpoch = '00000000000000a0';
type Mutable<T> = T extends readonly (infer E)[]
  ? Mutable<E>[]
  : T extends object
    ? { -readonly [K in keyof T]: Mutable<T[K]> }
    : T;
type Run = { journals: JournalEvent[]; screens: ScreenEvent[]; stored: Mutable<Stored> };

const sample = (seq: number) => JSON.stringify({ seq, kind: 'sample', state: 'delivering', rateMlPerH: 5 });
const alarm = (seq: number, n: number, phase: string) =>
  JSON.stringify({ seq, kind: 'alarm', alarm: n, phase, code: 'MDC_EVT_FLUID_LINE_AIR' });
const badText = '{"seq":4,"kind":"sample","state":"melting"}';

function goodRun(): Run {
  const line = { pump, epoch };
  const journals: JournalEvent[] = [
    { at: 900, pump, epoch: lostEpoch, event: 'open', previousEpoch: null, boot: 1, upTo: 0, last: 0, held: [] },
    {
      at: 901,
      pump,
      epoch: lostEpoch,
      event: 'write',
      records: [1, 2, 3].map((seq): [number, string, string] => [seq, 'sample', sample(seq)]),
    },
    { at: 950, pump, epoch: lostEpoch, event: 'ack', upTo: 1 },
    { at: 950, pump, epoch: lostEpoch, event: 'trim', from: 1, to: 1 },
    { at: 960, pump, epoch: lostEpoch, event: 'lose', next: epoch, upTo: 1, last: 3 },
    { at: 1000, ...line, event: 'boot', boot: 2 },
    {
      at: 1001,
      ...line,
      event: 'write',
      records: [
        [1, 'sample', sample(1)],
        [2, 'alarm', alarm(2, 1, 'start')],
        [3, 'alarm', alarm(3, 1, 'end')],
      ],
    },
    { at: 1002, ...line, event: 'poison', from: 4, to: 4 },
    { at: 1003, ...line, event: 'write', records: [[4, 'sample', badText]] },
    { at: 1004, ...line, event: 'write', records: [[5, 'alarm', alarm(5, 2, 'start')]] },
    { at: 2000, ...line, event: 'ack', upTo: 3 },
    { at: 2000, ...line, event: 'trim', from: 1, to: 3 },
    { at: 2100, ...line, event: 'ack', upTo: 3 },
    { at: 3000, ...line, event: 'ack', upTo: 5 },
    { at: 3000, ...line, event: 'trim', from: 4, to: 5 },
  ];
  const stored = (seq: number, table: string, content: Record<string, unknown>, of = epoch): StoredRecord => ({
    pump,
    epoch: of,
    seq,
    table,
    committedAt: of === epoch ? 1500 : 940,
    content,
    happenedAt: 1_001,
  });
  const delivering = { state: 'delivering', infusion: null, rateMlPerH: 5, infusedMl: null };
  const air = (n: number, phase: string) => ({ alarm: n, code: 'MDC_EVT_FLUID_LINE_AIR', phase });
  const screens: ScreenEvent[] = [
    { at: 900, screen: 'ward', event: 'open', last: 0 },
    { at: 900, screen: 'ward', event: 'snapshot', head: 0, active: [] },
    { at: 1500, screen: 'ward', event: 'alert', seq: 1, alert: 'one', condition: 'active' },
    { at: 1500, screen: 'ward', event: 'close', last: 1 },
    { at: 1600, screen: 'ward', event: 'open', last: 1 },
    { at: 1600, screen: 'ward', event: 'alert', seq: 2, alert: 'one', condition: 'ended' },
    { at: 1700, screen: 'ward', event: 'alert', seq: 3, alert: 'one', condition: 'active' },
    { at: 1500, screen: 'phone', event: 'open', last: 0 },
    { at: 1500, screen: 'phone', event: 'snapshot', head: 3, active: ['one'] },
    { at: 4000, screen: 'ward', event: 'end', head: 3 },
    { at: 4000, screen: 'phone', event: 'end', head: 3 },
  ];
  return {
    journals,
    screens,
    stored: {
      records: [
        stored(1, 'telemetry', delivering, lostEpoch),
        stored(1, 'telemetry', delivering),
        stored(2, 'alarm', air(1, 'start')),
        stored(3, 'alarm', air(1, 'end')),
        stored(5, 'alarm', air(2, 'start')),
      ],
      rejections: [{ pump, epoch, seq: 4, raw: badText, kind: 'sample', committedAt: 1500 }],
      // The platform knew of 2 from a hello; 3 was written after it.
      gone: [{ pump, epoch: lostEpoch, from: 2, to: 2, by: 'platform', reason: 'journal-lost', committedAt: 1100 }],
      journals: [
        { pump, epoch: lostEpoch, epochNo: 1, upTo: 2, highest: 2 },
        { pump, epoch, epochNo: 2, upTo: 5, highest: 5 },
      ],
      // The second alarm came within the re-arm time of the first: one alert that counts two.
      alerts: [
        {
          id: 'one',
          pump,
          epochNo: 2,
          alarm: 1,
          type: 'MDC_EVT_FLUID_LINE_AIR',
          times: 2,
          condition: 'active',
          priority: 'medium',
          raisedAt: 1_001,
          endedAt: null,
        },
      ],
      feed: {
        head: 3,
        entries: [
          { seq: 1, alert: 'one', condition: 'active', times: 1, priority: 'medium' },
          { seq: 2, alert: 'one', condition: 'ended', times: 1, priority: 'medium' },
          { seq: 3, alert: 'one', condition: 'active', times: 2, priority: 'medium' },
        ],
      },
    },
  };
}

const judge = ({ journals, screens, stored }: Run) => {
  const history: History = { journals, screens, mayOvertake: false };
  return judgeHistory(history, stored);
};

test('a good history is accepted, and everything in it is counted', () => {
  const verdict = judge(goodRun());
  expect(verdict.examples).toEqual([]);
  expect(verdict).toMatchObject({
    good: true,
    pumps: 1,
    journals: 2,
    records: { journaled: 8, stored: 5, rejected: 1, gone: 1, unheardOf: 1 },
    marks: { acknowledgements: 4, overtaken: 0, trimmed: 6 },
    alerts: { alarms: 2, own: 1, joined: 1 },
    feed: { entries: 3, screens: 2, reached: 3, snapshots: 2, connections: 3 },
  });
});

const without = <T>(items: T[], unwanted: (item: T) => boolean) => {
  const at = items.findIndex(unwanted);
  if (at < 0) throw new Error('nothing to take away');
  items.splice(at, 1);
};
const first = <T>(items: T[], wanted: (item: T) => boolean = () => true): T => {
  const found = items.find(wanted);
  if (!found) throw new Error('nothing to change');
  return found;
};

const broken: [name: string, found: ViolationKind[], change: (run: Run) => void][] = [
  [
    'a record that is nowhere',
    ['lost', 'trimmed-before-commit'],
    ({ stored }) => without(stored.records, ({ seq }) => seq === 3),
  ],
  [
    'a record that a living journal lost without a word',
    ['lost'],
    ({ journals }) => journals.push({ at: 3500, pump, epoch, event: 'write', records: [[6, 'sample', sample(6)]] }),
  ],
  [
    'a record stored twice in one table',
    ['doubled'],
    ({ stored }) => stored.records.push(first(stored.records, ({ seq }) => seq === 2)),
  ],
  [
    'a record both stored and rejected',
    ['doubled'],
    ({ stored }) =>
      stored.records.push({ ...first(stored.records, ({ seq }) => seq === 1), epoch, seq: 4, content: {} }),
  ],
  [
    'a record that no pump wrote',
    ['invented'],
    ({ stored }) => stored.records.push({ ...first(stored.records), epoch, seq: 77 }),
  ],
  [
    'a record with another content',
    ['changed'],
    ({ stored }) => {
      first(stored.records, (record) => record.epoch === epoch && record.seq === 1).content.rateMlPerH = 50;
    },
  ],
  [
    'a good record among the rejected',
    ['rejected-good'],
    ({ stored }) => {
      without(stored.records, ({ epoch: of, seq }) => of === epoch && seq === 1);
      stored.rejections.push({ pump, epoch, seq: 1, raw: sample(1), kind: 'sample', committedAt: 1500 });
    },
  ],
  [
    'a rejected record whose bytes were not kept',
    ['raw-not-kept'],
    ({ stored }) => {
      first(stored.rejections).raw = null;
    },
  ],
  [
    'a rejected record whose bytes are others',
    ['raw-not-kept'],
    ({ stored }) => {
      first(stored.rejections).raw = '{"seq":4}';
    },
  ],
  [
    'a record declared gone that the pump had',
    ['gone-without-loss'],
    ({ stored }) => {
      without(stored.records, ({ epoch: of, seq }) => of === epoch && seq === 1);
      stored.gone.push({ pump, epoch, from: 1, to: 1, by: 'platform', reason: 'journal-lost', committedAt: 1500 });
    },
  ],
  [
    'a gap that nobody explained',
    ['open-gap'],
    ({ stored }) => {
      first(stored.journals, (journal) => journal.epoch === lostEpoch).highest = 9;
      stored.gone.push({
        pump,
        epoch: lostEpoch,
        from: 3,
        to: 3,
        by: 'platform',
        reason: 'journal-lost',
        committedAt: 1,
      });
    },
  ],
  [
    'a record deleted before its commit',
    ['trimmed-before-commit'],
    ({ stored }) => {
      first(stored.records, (record) => record.epoch === epoch && record.seq === 1).committedAt = 2003;
    },
  ],
  [
    'a high-water mark that went back',
    ['mark-went-back'],
    ({ journals }) => journals.push({ at: 3100, pump, epoch, event: 'ack', upTo: 4 }),
  ],
  [
    'a high-water mark above what is stored',
    ['mark-above-stored'],
    ({ journals }) => journals.push({ at: 3100, pump, epoch, event: 'ack', upTo: 6 }),
  ],
  [
    'an alarm without an alert',
    ['alarm-without-alert', 'feed-stale'],
    ({ stored }) => {
      first(stored.alerts).times = 1;
    },
  ],
  [
    'an unreadable alarm of which nobody was told',
    ['alarm-without-alert'],
    ({ stored }) => {
      first(stored.rejections).kind = 'alarm';
    },
  ],
  [
    'a hole in the feed',
    ['feed-gap', 'screen-missed'],
    ({ stored }) => without(stored.feed.entries, ({ seq }) => seq === 2),
  ],
  [
    'a head beyond the last entry',
    ['feed-gap'],
    ({ stored }) => {
      stored.feed.head = 4;
    },
  ],
  [
    'an alert that ended outside of the feed',
    ['feed-stale'],
    ({ stored }) => {
      first(stored.alerts).condition = 'ended';
    },
  ],
  [
    'a change that a screen did not get',
    ['screen-missed'],
    ({ screens }) => without(screens, (event) => event.event === 'alert' && event.seq === 2),
  ],
  [
    'a change that a screen got twice',
    ['screen-repeated'],
    ({ screens }) => {
      const at = screens.findIndex((event) => event.event === 'alert' && event.seq === 2);
      screens.splice(
        at,
        0,
        first(screens, (event) => event.event === 'alert' && event.seq === 2),
      );
    },
  ],
  [
    'a screen that stopped early',
    ['screen-missed'],
    ({ screens }) => without(screens, (event) => event.event === 'alert' && event.seq === 3),
  ],
  [
    'a screen that was told something else',
    ['screen-missed'],
    ({ screens }) => {
      const event = first(screens, (one) => one.event === 'alert' && one.seq === 3);
      if (event.event === 'alert') event.condition = 'ended';
    },
  ],
  [
    'a snapshot without an active alert',
    ['screen-lacks-active'],
    ({ screens }) => {
      const event = first(screens, (one) => one.event === 'snapshot' && one.head === 3);
      if (event.event === 'snapshot') event.active = [];
    },
  ],
  [
    'a snapshot older than what the screen knew',
    ['screen-repeated', 'screen-missed'],
    ({ screens }) => {
      const at = screens.findIndex((event) => event.screen === 'ward' && event.event === 'end');
      screens.splice(at, 0, { at: 3999, screen: 'ward', event: 'snapshot', head: 1, active: ['one'] });
    },
  ],
];

test('an alarm that runs on over a power-up and is raised again needs no second alert', () => {
  const run = goodRun();
  const at = run.journals.findIndex((event) => event.event === 'ack' && event.upTo === 5);
  run.journals.splice(at, 0, { at: 2500, pump, epoch, event: 'boot', boot: 3 });
  run.journals.splice(at + 1, 0, {
    at: 2501,
    pump,
    epoch,
    event: 'write',
    records: [[6, 'alarm', alarm(6, 3, 'start')]],
  });
  run.stored.records.push({
    ...first(run.stored.records, ({ seq }) => seq === 5),
    seq: 6,
    content: { alarm: 3, phase: 'start' },
  });
  expect(judge(run)).toMatchObject({ good: true, alerts: { alarms: 3, own: 1, joined: 2 } });
  without(run.journals, (event) => event.event === 'boot' && event.boot === 3);
  expect(judge(run).found).toEqual({ 'alarm-without-alert': 1 });
});

test('a mark that a delayed worker sends late is counted and not held against it', () => {
  const { journals, screens, stored } = goodRun();
  journals.push({ at: 3100, pump, epoch, event: 'ack', upTo: 4 });
  const verdict = judgeHistory({ journals, screens, mayOvertake: true }, stored);
  expect(verdict).toMatchObject({ good: true, marks: { overtaken: 1 } });
});

test('an alarm of a new boot needs no second alert while that of an older boot is on the boards, and else does', () => {
  const run = goodRun();
  const again = JSON.stringify({ ...JSON.parse(alarm(6, 3, 'start')), boot: 3 });
  run.journals.push({ at: 3500, pump, epoch, event: 'write', records: [[6, 'alarm', again]] });
  run.stored.records.push({ ...first(run.stored.records, ({ seq }) => seq === 5), seq: 6, content: { alarm: 3 } });
  expect(judge(run)).toMatchObject({ good: true, alerts: { alarms: 3, joined: 2 } });
  const alert = first(run.stored.alerts);
  Object.assign(alert, { raisedAt: -9_000, endedAt: -8_000 });
  expect(judge(run).found).toEqual({ 'alarm-without-alert': 1 });
});

test.each(broken)('%s is found', (_name, found, change) => {
  const run = goodRun();
  change(run);
  const verdict = judge(run);
  expect(verdict.good).toBe(false);
  expect(Object.keys(verdict.found).toSorted()).toEqual(found.toSorted());
});
