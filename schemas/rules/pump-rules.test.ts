import { expect, test } from 'vitest';
import type { AlarmRecord, SampleRecord } from '../messages/record.ts';
import { judgeAlarm } from './alarm-catalogue.ts';
import { quietMs, settleAtLatestMs } from './alarm-rules.ts';
import { flowToleranceMl } from './flow-rule.ts';
import {
  type Arrival,
  newPumpRules,
  type PumpRuleState,
  type RuleContext,
  type RuleEffect,
  type RuleStep,
} from './pump-rule-state.ts';
import {
  applyAlarm,
  applyBolus,
  applyEvent,
  applyOther,
  applyRejected,
  applySample,
  applyTime,
  restartMs,
  unreadableAfter,
  unreadableAlarmMs,
} from './pump-rules.ts';
import { predictedEmptyAt, reconnectGraceMs } from './silence-rule.ts';

const noon = Date.UTC(2026, 10, 22, 12);
const context: RuleContext = { epochNo: 1, alertId: (seq, rule) => `${seq} ${rule}`, onPatient: true, care: null };

/** Plays records against the rules and keeps what they say. */
class Bedside {
  state: PumpRuleState = newPumpRules();
  effects: RuleEffect[] = [];
  seq = 0;
  now = noon;
  boot = 1;
  complete = true;
  readonly context: RuleContext;

  constructor(given: Partial<RuleContext> = {}) {
    this.context = { ...context, ...given };
  }

  #take(step: RuleStep): RuleEffect[] {
    this.state = step.next;
    this.effects.push(...step.effects);
    return step.effects;
  }

  #arrival(lateMs = 0): Arrival {
    this.seq += 1;
    const at = this.now - lateMs;
    return {
      seq: this.seq,
      boot: this.boot,
      at,
      pumpAt: at,
      brokerAt: null,
      receivedAt: this.now,
      late: lateMs > 60_000,
      complete: this.complete,
    };
  }

  after(ms: number): this {
    this.now += ms;
    return this;
  }

  sample(fields: Partial<SampleRecord> = {}, lateMs = 0): RuleEffect[] {
    const arrival = this.#arrival(lateMs);
    const record: SampleRecord = {
      kind: 'sample',
      seq: arrival.seq,
      at: '',
      state: 'delivering',
      infusion: 1,
      rateMlPerH: 10,
      infusedMl: 5,
      ...fields,
    };
    return this.#take(applySample(this.state, record, arrival, this.context));
  }

  alarm(alarm: number, phase: 'start' | 'end', fields: Partial<AlarmRecord> = {}, lateMs = 0): RuleEffect[] {
    const arrival = this.#arrival(lateMs);
    const record: AlarmRecord = {
      kind: 'alarm',
      seq: arrival.seq,
      at: '',
      alarm,
      phase,
      code: 'MDC_EVT_FLUID_LINE_OCCL',
      ...fields,
    };
    return this.#take(applyAlarm(this.state, record, arrival, this.context));
  }

  programme(drug: string, infusion = 1): void {
    this.#take(applyOther(this.state, { infusion, drug }, this.#arrival(), this.context));
  }

  start(rateMlPerH: number | null): RuleEffect[] {
    const arrival = this.#arrival();
    const record = {
      kind: 'delivery',
      seq: arrival.seq,
      at: '',
      infusion: 1,
      segment: 2,
      phase: 'start',
      rateMlPerH,
    } as const;
    return this.#take(applyEvent(this.state, record, arrival, this.context));
  }

  bolus(ml: number): void {
    const arrival = this.#arrival();
    const record = {
      kind: 'bolus',
      seq: arrival.seq,
      at: '',
      infusion: 1,
      origin: 'clinician',
      result: 'given',
      ml,
    } as const;
    this.#take(applyBolus(this.state, record, arrival, this.context));
  }

  rejected(onAlarmLane = false, kind: string | null = null): RuleEffect[] {
    return this.#take(applyRejected(this.state, { onAlarmLane, kind, reason: 'bad' }, this.#arrival(), this.context));
  }

  time(given: { caughtUp?: boolean; listeningSince?: number } = {}): RuleEffect[] {
    return this.#take(applyTime(this.state, this.now, { caughtUp: false, listeningSince: 0, ...given }, this.context));
  }
}

const raised = (effects: RuleEffect[]) => effects.filter((effect) => effect.do === 'raise');

// alerts-and-limits.md, "Catalogue": code, without ★, with ★
test.each([
  ['MDC_EVT_PUMP_FLOW_FREE', 'high', 'high'],
  ['MDC_EVT_FLUID_LINE_OCCL', 'medium', 'high'],
  ['MDC_EVT_FLUID_LINE_OCCL_PROXIMAL', 'medium', 'high'],
  ['MDC_EVT_FLUID_LINE_AIR', 'medium', 'high'],
  ['MDC_EVT_DOOR_POSN_ERR', 'medium', 'high'],
  ['MDC_EVT_CHECK_IV_SET', 'medium', 'high'],
  ['MDC_EVT_BATT_LO', 'low', 'medium'],
  ['MDC_EVT_BATT_DEPL', 'high', 'high'],
  ['MDC_EVT_PWR_LOSS', 'low', 'low'],
  ['MDC_EVT_VOL_INFUS_NEAR_COMP', 'low', 'medium'],
  ['MDC_EVT_VOL_INFUS_COMP', 'low', 'high'],
  ['MDC_EVT_EMPTY', 'low', 'high'],
  ['MDC_EVT_PCA_MAX_LIMIT', 'medium', 'medium'],
  ['MDC_EVT_PCA_HANDSET_DETACHED', 'medium', 'medium'],
  ['MDC_EVT_PCA_DOOR_UNLOCKED', 'medium', 'medium'],
  ['MDC_EVT_STANDBY_WARN', 'low', 'high'],
  ['MDC_EVT_CALLBACK', 'medium', 'high'],
  ['MDC_EVT_MALF', 'high', 'high'],
  ['MDC_EVT_FAIL', 'high', 'high'],
] as const)('%s is %s, and %s for a critical drug', (code, usual, critical) => {
  const given = { critical: false, emptyMatters: false, batteryPct: 80, pumpPriority: null };
  expect(judgeAlarm(code, given)).toMatchObject({ type: code, priority: usual });
  expect(judgeAlarm(code, { ...given, critical: true }).priority).toBe(critical);
});

test('an unknown code keeps the pump’s own priority and no code is an alert too', () => {
  const given = { critical: false, emptyMatters: false, batteryPct: null, pumpPriority: 'high' } as const;
  expect(judgeAlarm('MDC_EVT_SOMETHING_NEW', given)).toMatchObject({ type: 'MDC_EVT_SOMETHING_NEW', priority: 'high' });
  expect(judgeAlarm(null, { ...given, pumpPriority: null })).toMatchObject({
    type: 'unknown-alarm',
    priority: 'medium',
  });
  expect(judgeAlarm('MDC_EVT_PWR_LOSS', { ...given, batteryPct: 29 }).priority).toBe('medium');
  expect(judgeAlarm('MDC_EVT_EMPTY', { ...given, emptyMatters: true }).priority).toBe('medium');
});

test('an alarm raises one alert, its end ends it, and the drug of its infusion decides', () => {
  const bed = new Bedside();
  bed.programme('milrinone');
  bed.sample();
  expect(bed.alarm(7, 'start')).toMatchObject([
    { do: 'raise', priority: 'high', alarm: 7, infusion: 1, late: false, ended: null },
  ]);
  expect(bed.alarm(7, 'start')).toEqual([]);
  expect(bed.alarm(7, 'end')).toMatchObject([{ do: 'end', reason: 'ended by the pump' }]);
  expect(bed.alarm(99, 'end')).toEqual([]);
});

test('the same alarm flapping within a minute is one alert with a count; later it is a new one', () => {
  const bed = new Bedside();
  const [first] = bed.alarm(1, 'start');
  bed.after(5_000).alarm(1, 'end');
  expect(bed.after(30_000).alarm(2, 'start')).toMatchObject([
    { do: 'reopen', id: first && 'id' in first ? first.id : '' },
  ]);
  bed.after(5_000).alarm(2, 'end');
  expect(bed.after(60_001).alarm(3, 'start')).toMatchObject([{ do: 'raise' }]);
});

test('a new condition is a new alert even while another is open', () => {
  const bed = new Bedside();
  bed.alarm(1, 'start', { code: 'MDC_EVT_EMPTY' });
  expect(bed.alarm(2, 'start', { code: 'MDC_EVT_BATT_DEPL' })).toMatchObject([{ do: 'raise', priority: 'high' }]);
  expect(bed.state.open).toHaveLength(2);
});

test('an alarm that began and ended in the backlog is recorded, ended, and never open', () => {
  const bed = new Bedside();
  expect(bed.alarm(1, 'start', {}, 3_600_000)).toEqual([]);
  expect(bed.alarm(1, 'end', {}, 3_000_000)).toMatchObject([
    { do: 'raise', late: true, ended: { reason: 'ended by the pump' } },
  ]);
  expect(bed.after(600_000).time()).toEqual([]);
});

test.each([
  ['everything up to hello’s last is in', 0, true],
  ['eight seconds of quiet', quietMs, false],
])('a late alarm still active after %s counts from now, saying since when', (_, waitMs, caughtUp) => {
  const bed = new Bedside();
  bed.alarm(1, 'start', {}, 2_400_000);
  if (!caughtUp) expect(bed.after(quietMs - 1).time()).toEqual([]);
  bed.now = noon + waitMs;
  expect(bed.time({ caughtUp })).toMatchObject([{ do: 'raise', late: true, raisedAt: noon - 2_400_000, ended: null }]);
  expect(bed.alarm(1, 'end')).toMatchObject([{ do: 'end' }]);
});

test('a backlog that never ends does not hide an active alarm for ever', () => {
  const bed = new Bedside();
  bed.alarm(1, 'start', {}, 2_400_000);
  let effects: RuleEffect[] = [];
  for (let waited = 0; waited < settleAtLatestMs; waited += 1_000) {
    bed.after(1_000).sample({}, 2_000_000);
    effects = bed.time();
  }
  expect(effects).toMatchObject([{ do: 'raise', late: true }]);
});

test('a live sample in alarm proves at once that the late alarm begun last is active, whatever backlog still comes', () => {
  const bed = new Bedside();
  bed.alarm(1, 'start', {}, 4_000_000);
  bed.alarm(2, 'start', {}, 2_400_000);
  expect(bed.sample({ state: 'delivering' })).toEqual([]);
  expect(bed.sample({ state: 'alarm' }, 2_000_000)).toEqual([]);
  expect(bed.sample({ state: 'alarm' })).toMatchObject([
    { do: 'raise', late: true, alarm: 2, raisedAt: noon - 2_400_000, ended: null },
  ]);
  expect(bed.alarm(1, 'end', {}, 3_900_000)).toMatchObject([{ do: 'raise', alarm: 1, ended: {} }]);
  expect(bed.alarm(2, 'end')).toMatchObject([{ do: 'end' }]);
});

test('a live sample in alarm says nothing of a late alarm of an older boot', () => {
  const bed = new Bedside();
  bed.alarm(1, 'start', {}, 2_400_000);
  bed.boot = 2;
  expect(bed.sample({ state: 'alarm' })).toEqual([]);
});

test('an end that overtakes its start in the backlog ends it', () => {
  const bed = new Bedside();
  bed.alarm(1, 'end');
  expect(bed.alarm(1, 'start', {}, 3_600_000)).toMatchObject([{ do: 'raise', ended: { reason: 'ended by the pump' } }]);
  expect(bed.state.open).toEqual([]);
});

test('alarms of an older boot that are not raised again within a minute end by restart', () => {
  const bed = new Bedside();
  bed.alarm(1, 'start', { code: 'MDC_EVT_EMPTY' });
  bed.alarm(2, 'start');
  bed.boot = 2;
  bed.after(10_000).sample();
  expect(bed.after(1_000).alarm(3, 'start')).toEqual([]);
  expect(bed.time()).toEqual([]);
  bed.after(restartMs - 2_000).sample();
  expect(bed.after(1_000).time()).toMatchObject([{ do: 'end', id: '1 alarm', reason: 'restart' }]);
  expect(bed.alarm(3, 'end')).toMatchObject([{ do: 'end', id: '2 alarm' }]);
});

test('a pump on the bench raises nothing', () => {
  const bed = new Bedside({ onPatient: false });
  bed.sample();
  expect([...bed.alarm(1, 'start'), ...bed.rejected(true), ...bed.after(3_600_000).time()]).toEqual([]);
});

// state of the last sample, cadence by hello, allowed silence in s
test.each([
  ['delivering', null, 60],
  ['delivering', 30, 90],
  ['kvo', null, 60],
  ['paused', null, 180],
  ['stopped', 120, 360],
] as const)(
  'a pump that was %s (samples every %s s) is silent after %d s and not before',
  (state, sampleEveryS, seconds) => {
    const bed = new Bedside();
    bed.sample();
    bed.sample({ state });
    bed.state = { ...bed.state, sampleEveryS };
    expect(bed.after(seconds * 1_000 - 1).time()).toEqual([]);
    expect(bed.after(1).time()).toMatchObject([{ do: 'raise', type: 'silent-pump', priority: 'medium' }]);
    expect(bed.after(86_400_000).time()).toEqual([]);
    expect(bed.sample()).toMatchObject([{ do: 'end', reason: 'heard again' }]);
  },
);

test('silence counts from the first delivering sample, and never right after our own outage', () => {
  const bed = new Bedside();
  bed.sample({ state: 'standby' });
  expect(bed.after(3_600_000).time()).toEqual([]);
  bed.sample();
  bed.after(600_000);
  expect(bed.time({ listeningSince: bed.now })).toEqual([]);
  const listeningSince = bed.now;
  expect(bed.after(reconnectGraceMs + 59_999).time({ listeningSince })).toEqual([]);
  expect(bed.after(1).time({ listeningSince })).toHaveLength(1);
});

test.each([
  ['a critical drug', (bed: Bedside): void => bed.programme('treprostinil'), {}],
  ['a low battery', (bed: Bedside): void => void bed.alarm(1, 'start', { code: 'MDC_EVT_BATT_LO' }), {}],
  ['a bag that is nearly empty', (_: Bedside): void => undefined, { reservoirMl: 5 }],
] as const)('silence after %s is high', (_, prepare, fields) => {
  const bed = new Bedside();
  prepare(bed);
  bed.sample(fields);
  expect(raised(bed.after(60_000).time())).toMatchObject([{ type: 'silent-pump', priority: 'high' }]);
});

test('a silence worsens when the bag should soon be empty', () => {
  const bed = new Bedside();
  bed.sample({ reservoirMl: 30 });
  const emptyAt = noon + 3 * 3_600_000;
  expect(predictedEmptyAt(bed.state.lastSample)).toBe(emptyAt);
  expect(bed.after(60_000).time()).toMatchObject([
    { priority: 'medium', detail: { predictedEmptyAt: new Date(emptyAt).toISOString() } },
  ]);
  bed.now = emptyAt - 60 * 60_000 - 1;
  expect(bed.time()).toEqual([]);
  expect(bed.after(1).time()).toMatchObject([{ do: 'worsen', priority: 'high' }]);
  expect(bed.after(1_000).time()).toEqual([]);
});

test.each(['paused', 'stopped', 'complete', 'standby', 'alarm'] as const)(
  'volume that rises while %s is flow while stopped, once',
  (state) => {
    const bed = new Bedside();
    bed.sample({ infusedMl: 5 });
    if (state === 'alarm') bed.alarm(1, 'start');
    expect(bed.sample({ state, infusedMl: 5.3 })).toEqual([]);
    expect(bed.sample({ state, infusedMl: 5.3 + flowToleranceMl - 0.01 })).toEqual([]);
    expect(bed.sample({ state, infusedMl: 5.3 + flowToleranceMl + 0.01 })).toMatchObject([
      { do: 'raise', type: 'flow-while-stopped', priority: 'high' },
    ]);
    expect(bed.sample({ state, infusedMl: 9 })).toEqual([]);
    expect(bed.sample({ infusedMl: 9.1 })).toMatchObject([{ do: 'end', reason: 'delivering again' }]);
  },
);

// A stopped pump is seen once a minute: what flowed between its last sample and the next delivery.
test.each<[string, Partial<SampleRecord>, number | null, number | null]>([
  ['5 mL more than delivery can have given', { infusedMl: 10 }, 10, 4.989],
  ['what delivery gave', { infusedMl: 5.011 }, 10, null],
  ['just within a stroke or two', { infusedMl: 5.21 }, 10, null],
  ['what a faster start gave', { infusedMl: 5.65 }, 600, null],
  ['a start whose rate is not said', { infusedMl: 30 }, null, null],
  ['another infusion', { infusion: 2, infusedMl: 10 }, 10, null],
  ['a rate that is not known', { infusedMl: 10, rateMlPerH: null }, 10, null],
])('flow before delivery goes on: %s', (_, fields, startedAt, volumeMl) => {
  const bed = new Bedside();
  bed.sample({ infusedMl: 4.9 });
  bed.sample({ state: 'paused', rateMlPerH: 0, infusedMl: 5 });
  bed.after(20_000).start(startedAt);
  const effects = bed.after(4_000).sample(fields);
  expect(effects).toMatchObject(
    volumeMl === null
      ? []
      : [
          { do: 'raise', type: 'flow-while-stopped', priority: 'high', detail: { volumeMl } },
          { do: 'end', reason: 'delivering again' },
        ],
  );
});

test('without a start’s record delivery may have gone on right after the last stopped sample', () => {
  const bed = new Bedside();
  bed.sample({ state: 'paused', rateMlPerH: 0, infusedMl: 5 });
  expect(bed.after(60_000).sample({ rateMlPerH: 60, infusedMl: 6.1 })).toEqual([]);
  bed.sample({ state: 'paused', rateMlPerH: 0, infusedMl: 6.1 });
  expect(bed.after(60_000).sample({ rateMlPerH: 60, infusedMl: 7.4 })).toHaveLength(2);
});

test('what started and stopped between two samples is no flow while stopped', () => {
  const bed = new Bedside();
  bed.sample({ state: 'paused', rateMlPerH: 0, infusedMl: 5 });
  bed.after(10_000).start(600);
  expect(bed.after(10_000).sample({ state: 'paused', infusedMl: 6.5 })).toEqual([]);
  expect(bed.after(60_000).sample({ state: 'paused', infusedMl: 6.6 })).toEqual([]);
  expect(bed.after(60_000).sample({ state: 'paused', infusedMl: 6.8 })).toMatchObject([{ do: 'raise' }]);
});

test('a sample ahead of its backlog says nothing of what flowed before delivery went on', () => {
  const bed = new Bedside();
  bed.sample({ state: 'paused', rateMlPerH: 0, infusedMl: 5 });
  bed.complete = false;
  expect(bed.after(20_000).sample({ infusedMl: 10 })).toEqual([]);
});

test('what flowed while nothing was heard is no flow while stopped, though the pump was stopped before and after', () => {
  const bed = new Bedside();
  bed.sample({ state: 'paused', rateMlPerH: 0, infusedMl: 5 });
  // The newest comes first; what lies between is still in the journal.
  bed.seq = 50;
  bed.complete = false;
  expect(bed.after(600_000).sample({ state: 'paused', infusedMl: 30 })).toEqual([]);
  // An older hole elsewhere does not blind it.
  expect(bed.after(60_000).sample({ state: 'paused', infusedMl: 30.3 })).toMatchObject([
    { do: 'raise', type: 'flow-while-stopped' },
  ]);
});

test('a stop of an earlier backlog is not continued in the next one', () => {
  const bed = new Bedside();
  const behind = (seq: number, infusedMl: number) => {
    const newest = bed.seq;
    bed.seq = seq - 1;
    const effects = bed.sample({ state: 'paused', infusedMl }, 120_000);
    bed.seq = newest;
    return effects;
  };
  bed.seq = 10;
  bed.sample({ infusedMl: 6 });
  expect(behind(9, 5)).toEqual([]);
  bed.after(600_000).sample({ infusedMl: 20 });
  bed.seq = 20;
  bed.complete = false;
  bed.sample({ state: 'paused', infusedMl: 30 });
  expect(behind(20, 30)).toEqual([]);
});

test('a bolus, another infusion and a counter that falls back are no flow while stopped', () => {
  const bed = new Bedside();
  bed.sample({ state: 'paused', infusedMl: 5 });
  bed.bolus(2);
  expect(bed.sample({ state: 'paused', infusedMl: 7 })).toEqual([]);
  expect(bed.sample({ state: 'stopped', infusion: 2, infusedMl: 40 })).toEqual([]);
  expect(bed.sample({ state: 'stopped', infusion: 2, infusedMl: 0 })).toEqual([]);
  expect(bed.sample({ state: 'stopped', infusion: 2, infusedMl: 0.1 })).toEqual([]);
});

test('anything rejected on the alarm lane, and any rejected alarm, is a high alert that ends by itself after quiet', () => {
  const bed = new Bedside();
  expect(bed.rejected(true)).toMatchObject([{ type: 'unreadable-alarm', priority: 'high' }]);
  expect(bed.rejected(false, 'alarm')).toEqual([]);
  expect(bed.after(unreadableAlarmMs).time()).toMatchObject([{ do: 'end' }]);
  expect(new Bedside().rejected(false, 'alarm')).toMatchObject([{ type: 'unreadable-alarm' }]);
  expect(new Bedside().rejected(false, 'sample')).toEqual([]);
});

test('five rejected records running from a delivering pump raise one alert, which a good sample ends', () => {
  const bed = new Bedside();
  bed.sample();
  for (let i = 1; i < unreadableAfter; i += 1) expect(bed.rejected()).toEqual([]);
  expect(bed.rejected()).toMatchObject([{ type: 'unreadable-pump', priority: 'medium' }]);
  expect(bed.rejected()).toEqual([]);
  expect(bed.sample()).toMatchObject([{ do: 'end', reason: 'readable again' }]);
});

test('a rejected record counts as contact, not as a sample', () => {
  const bed = new Bedside();
  bed.sample();
  bed.after(59_000).rejected();
  expect(bed.after(59_000).time()).toEqual([]);
  expect(bed.state.lastSample?.at).toBe(noon);
});
