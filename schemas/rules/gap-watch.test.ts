import { expect, test } from 'vitest';
import { acceptSeq, type Cursor, declareGone, learnHighest, newCursor, type Range } from './cursor.ts';
import { askAfterMs, askAtMostEveryMs, gapOpenMs, judgeGap, watchGap } from './gap-watch.ts';
import { newPumpRules, type PumpRuleState, type RuleContext } from './pump-rule-state.ts';
import { reconnectGraceMs } from './silence-rule.ts';

const start = Date.UTC(2026, 10, 22, 2);
const s = 1_000;
const min = 60 * s;

/** What happens to a journal, and when: records, a declaration of the pump, or nothing. */
type Happening = { at: number; records?: number[]; gone?: Range; announced?: number; heard?: boolean };
type Case = {
  name: string;
  happens: Happening[];
  untilMs: number;
  /** A worker restarts at this time: only what is kept as JSON goes on. */
  restartAt?: number;
  /** When the pump is asked, ms from the start, and for what the first time. */
  asked: number[];
  ranges?: Range[];
  /** When `gap-open` begins and ends. */
  alert?: [begins: number, ends: number | null];
};

const upTo = (n: number) => Array.from({ length: n }, (_, index) => index + 1);
/** The pump goes on sending; without it, it would count as disconnected. */
const hole: Happening = { at: 0, records: [...upTo(4), 10, 11] };

const cases: Case[] = [
  { name: 'a whole journal', happens: [{ at: 0, records: upTo(11) }], untilMs: 20 * min, asked: [] },
  {
    name: 'what hello announces and nothing above arrived is backlog, not a hole',
    happens: [{ at: 0, records: upTo(4), announced: 9 }],
    untilMs: 20 * min,
    asked: [],
  },
  {
    name: 'a hole that closes by itself',
    happens: [hole, { at: 29 * s, records: [5, 6, 7, 8, 9] }],
    untilMs: 20 * min,
    asked: [],
  },
  {
    name: 'a hole is asked for after 30 s, and again ever more seldom; after 10 min it is a technician’s',
    happens: [hole],
    untilMs: 19 * min,
    asked: [30 * s, 90 * s, 210 * s, 450 * s, 750 * s, 1_050 * s],
    ranges: [[5, 9]],
    alert: [gapOpenMs, null],
  },
  {
    name: 'what came in begins the wait anew',
    happens: [hole, { at: 80 * s, records: [5] }, { at: 100 * s, records: [6, 7, 8, 9] }],
    untilMs: 20 * min,
    asked: [30 * s],
  },
  {
    name: 'records end the alert',
    happens: [hole, { at: 12 * min, records: [5, 6, 7, 8, 9] }],
    untilMs: 20 * min,
    asked: [30 * s, 90 * s, 210 * s, 450 * s],
    alert: [gapOpenMs, 12 * min],
  },
  {
    name: 'a declaration of the pump ends the alert',
    happens: [hole, { at: 12 * min, records: [12], gone: [5, 9] }],
    untilMs: 20 * min,
    asked: [30 * s, 90 * s, 210 * s, 450 * s],
    alert: [gapOpenMs, 12 * min],
  },
  {
    name: 'part of it declared: the rest is still open since the beginning',
    happens: [hole, { at: 12 * min + 40 * s, records: [12], gone: [6, 9] }],
    untilMs: 13 * min,
    asked: [30 * s, 90 * s, 210 * s, 450 * s, 750 * s],
    alert: [gapOpenMs, null],
  },
  {
    name: 'a younger hole has a time of its own',
    happens: [hole, { at: 8 * min, records: [14] }, { at: 9 * min, records: [5, 6, 7, 8, 9] }],
    untilMs: 18 * min,
    asked: [30 * s, 90 * s, 210 * s, 450 * s, 570 * s, 630 * s, 750 * s, 990 * s],
  },
  {
    name: 'a pump that is no longer heard, here for 3 min, is not asked any more; its hole is told of',
    happens: [{ ...hole, heard: false }],
    untilMs: 12 * min,
    asked: [30 * s, 90 * s],
    alert: [gapOpenMs, null],
  },
  {
    name: 'a restart of the worker forgets nothing',
    happens: [hole],
    restartAt: 5 * min,
    untilMs: 11 * min,
    asked: [30 * s, 90 * s, 210 * s, 450 * s],
    alert: [gapOpenMs, null],
  },
];

const context: RuleContext = { epochNo: 1, alertId: (seq, rule) => `${rule} ${seq}`, onPatient: true, care: null };

function play({ happens, untilMs, restartAt }: Case) {
  let cursor: Cursor = newCursor();
  let state: PumpRuleState = { ...newPumpRules(), contactAt: start };
  const stillHeard = happens.every(({ heard }) => heard !== false);
  const asked: number[] = [];
  let ranges: Range[] | undefined;
  let alert: [number, number | null] | undefined;
  for (let at = 0; at <= untilMs; at += s) {
    const now = start + at;
    for (const happening of happens.filter((one) => one.at === at)) {
      for (const seq of happening.records ?? []) acceptSeq(cursor, seq);
      if (happening.gone) declareGone(cursor, ...happening.gone);
      if (happening.announced) learnHighest(cursor, happening.announced);
    }
    if (stillHeard) state = { ...state, contactAt: now };
    if (at === restartAt) ({ cursor, state } = JSON.parse(JSON.stringify({ cursor, state })));
    const step = judgeGap(state, cursor, now, { listeningSince: start + (restartAt ?? 0) }, context);
    state = step.next;
    if (step.ask) {
      asked.push(at);
      ranges ??= step.ask;
    }
    for (const effect of step.effects) {
      if (effect.do === 'raise') {
        expect(effect).toMatchObject({ type: 'gap-open', priority: 'low', late: false });
        alert = [at, null];
      } else if (effect.do === 'end' && alert) alert = [alert[0], at];
    }
  }
  return { asked, ranges, alert };
}

test.each(cases)('$name', (given) => {
  const played = play(given);
  expect(played.asked).toEqual(given.asked);
  expect(played.alert).toEqual(given.alert);
  if (given.ranges) expect(played.ranges).toEqual(given.ranges);
});

test('the wait doubles from 30 s to 5 min', () => {
  expect([askAfterMs, askAtMostEveryMs, gapOpenMs]).toEqual([30 * s, 5 * min, 10 * min]);
});

test('a pump that can’t be heard right after our own start is given time to come back', () => {
  const cursor = newCursor();
  for (const seq of [1, 5]) acceptSeq(cursor, seq);
  const gap = watchGap(null, cursor, { epochNo: 1, now: start - gapOpenMs, connected: true }).next;
  const state = { ...newPumpRules(), contactAt: start - gapOpenMs, gap };
  const at = (now: number) => judgeGap(state, cursor, now, { listeningSince: start }, context).effects;
  expect(at(start + reconnectGraceMs - 1)).toEqual([]);
  expect(at(start + reconnectGraceMs)).toMatchObject([{ do: 'raise', type: 'gap-open' }]);
});

test('a new journal ends the watch on the old one', () => {
  const cursor = newCursor();
  for (const seq of [1, 5]) acceptSeq(cursor, seq);
  const open = judgeGap(
    { ...newPumpRules(), contactAt: start },
    cursor,
    start,
    { listeningSince: start },
    context,
  ).next;
  const raised = judgeGap(open, cursor, start + gapOpenMs, { listeningSince: start }, context);
  expect(raised.effects).toMatchObject([{ do: 'raise' }]);
  const after = judgeGap(
    raised.next,
    newCursor(),
    start + gapOpenMs + s,
    { listeningSince: start },
    { ...context, epochNo: 2 },
  );
  expect(after.effects).toMatchObject([{ do: 'end', reason: 'a new journal began' }]);
  expect(after.next.gap).toBeNull();
});

test('at most 16 ranges in a command, the lowest first', () => {
  const cursor = newCursor();
  for (let seq = 1; seq <= 101; seq += 2) acceptSeq(cursor, seq);
  const { next } = watchGap(null, cursor, { epochNo: 1, now: start, connected: true });
  const { ask } = watchGap(next, cursor, { epochNo: 1, now: start + askAfterMs, connected: true });
  expect(ask).toHaveLength(16);
  expect(ask?.[0]).toEqual([2, 2]);
});
