import { expect, test } from 'vitest';
import { audienceOf } from './audience.ts';
import {
  type Arrival,
  newPumpRules,
  type PumpRuleState,
  type RuleContext,
  type RuleEffect,
} from './pump-rule-state.ts';
import { applyOther, applyRejected } from './pump-rules.ts';
import { judgeUpkeep, noteEnvelope } from './upkeep.ts';

const start = Date.UTC(2026, 10, 22, 2);
const s = 1_000;
const min = 60 * s;
const h = 60 * min;

/** What comes from the pump: an envelope of a journal with a clock that is off, a boot, something unreadable. */
type Happening = { at: number; epochNo?: number; first?: boolean; offMs?: number; boot?: number; rejected?: boolean };
type Case = {
  name: string;
  happens: Happening[];
  untilMs: number;
  says: [at: number, what: string][];
  /** From when on it is being tested. */
  onBenchAt?: number;
};

const alternating = (times: number, everyMs: number): Happening[] =>
  Array.from({ length: times }, (_, n) => ({ at: (n + 1) * everyMs, epochNo: n % 2 === 0 ? 1 : 2 }));
const everyTen = (fromS: number, toS: number, offMs: number): Happening[] =>
  Array.from({ length: (toS - fromS) / 10 + 1 }, (_, n) => ({ at: (fromS + n * 10) * s, offMs }));

const cases: Case[] = [
  {
    name: 'two journals that alternate are two pumps, until one has been alone for 10 min',
    happens: alternating(4, 30 * s),
    untilMs: 20 * min,
    says: [
      [90 * s, 'raise duplicate-pump'],
      [12 * min, 'end duplicate-pump'],
    ],
  },
  {
    name: 'a new journal with one message of the old one still under way is one pump',
    happens: alternating(2, 1 * s),
    untilMs: 20 * min,
    says: [],
  },
  {
    name: 'three switches spread over more than 10 min are none',
    happens: alternating(3, 6 * min),
    untilMs: 40 * min,
    says: [],
  },
  {
    name: 'a clock an hour behind is told after a minute, and ends when it is right',
    happens: [...everyTen(0, 300, -h), ...everyTen(310, 400, -1 * s)],
    untilMs: 10 * min,
    says: [
      [60 * s, 'raise clock-off'],
      [310 * s, 'end clock-off'],
    ],
  },
  {
    name: 'a clock ahead counts alike',
    happens: everyTen(0, 90, 2 * min + 1),
    untilMs: 90 * s,
    says: [[60 * s, 'raise clock-off']],
  },
  { name: 'two minutes are inside the limit', happens: everyTen(0, 300, -2 * min), untilMs: 5 * min, says: [] },
  {
    name: 'one message that a link held up is not the clock’s fault',
    happens: [{ at: 0, offMs: -3 * min }, { at: 5 * s, offMs: -3 * min }, ...everyTen(10, 300, 0)],
    untilMs: 5 * min,
    says: [],
  },
  {
    name: 'rejected records are told once, until an hour after the last',
    happens: [
      { at: 0, rejected: true },
      { at: 10 * min, rejected: true },
    ],
    untilMs: 2 * h,
    says: [
      [0, 'raise rejected-records'],
      [10 * min + h, 'end rejected-records'],
    ],
  },
  {
    name: 'a third start within an hour is a storm',
    happens: [
      { at: 0, boot: 2 },
      { at: 10 * min, boot: 3 },
      { at: 50 * min, boot: 4 },
    ],
    untilMs: 2 * h,
    says: [
      [50 * min, 'raise reboot-storm'],
      [h, 'end reboot-storm'],
    ],
  },
  {
    name: 'a start each 40 min is none',
    happens: [2, 3, 4, 5].map((boot, n) => ({ at: n * 40 * min, boot })),
    untilMs: 4 * h,
    says: [],
  },
  {
    name: 'on the bench nobody is told, and what was told is over',
    happens: [2, 3, 4, 5, 6, 7].map((boot, n) => ({ at: n * 10 * min, boot })),
    untilMs: 2 * h,
    onBenchAt: 30 * min,
    says: [
      [20 * min, 'raise reboot-storm'],
      [30 * min, 'end reboot-storm'],
    ],
  },
];

const context: RuleContext = { epochNo: 1, alertId: (seq, rule) => `${rule} ${seq}`, onPatient: true, care: null };

function play({ happens, untilMs, onBenchAt = Number.POSITIVE_INFINITY }: Case): [number, string][] {
  const said: [number, string][] = [];
  const names = new Map<string, string>();
  let state: PumpRuleState = newPumpRules();
  let effects: readonly RuleEffect[] = [];
  const arrival = (now: number, boot: number): Arrival => {
    return { seq: 1, boot, at: now, pumpAt: now, brokerAt: null, receivedAt: now, late: false };
  };
  state = applyOther(state, null, arrival(start, 1), context).next;
  for (let at = 0; at <= untilMs; at += s) {
    const now = start + at;
    for (const happening of happens.filter((one) => one.at === at)) {
      const { epochNo = 2, first = false, offMs = 0, boot = 1, rejected } = happening;
      state = noteEnvelope(state, { epochNo, newestEpochNo: 2, first, sentAt: now + offMs, receivedAt: now });
      state = applyOther(state, null, arrival(now, boot), context).next;
      if (rejected) {
        const about = { onAlarmLane: false, kind: null, reason: 'kind: unknown' };
        state = applyRejected(state, about, arrival(now, boot), context).next;
      }
    }
    ({ next: state, effects } = judgeUpkeep(state, now, { onBench: at >= onBenchAt }, context));
    for (const effect of effects) {
      if (effect.do === 'raise') names.set(effect.id, effect.type);
      said.push([at, `${effect.do} ${names.get(effect.id)}`]);
    }
  }
  return said;
}

test.each(cases)('$name', (given) => {
  expect(play(given)).toEqual(given.says);
});

test('a journal that is heard for the first time is no switch', () => {
  const heard = { newestEpochNo: 3, sentAt: start, receivedAt: start };
  let state = noteEnvelope(newPumpRules(), { ...heard, newestEpochNo: 2, epochNo: 1, first: false });
  state = noteEnvelope(state, { ...heard, epochNo: 3, first: true });
  expect(state.upkeep).toMatchObject({ heardEpochNo: 3, switches: [start] });
});

test('what only a technician can mend is not for the alert board, and what nobody listed is', () => {
  const technical = ['gap-open', 'duplicate-pump', 'clock-off', 'rejected-records', 'reboot-storm'];
  expect(technical.map(audienceOf)).toEqual(technical.map(() => 'technician'));
  expect(audienceOf('platform-delayed')).toBe('technical-on-call');
  for (const type of ['silent-pump', 'unreadable-alarm', 'unreadable-pump', 'MDC_EVT_EMPTY', 'new-rule']) {
    expect(audienceOf(type)).toBe('clinical');
  }
});
