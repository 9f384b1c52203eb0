import { expect, test } from 'vitest';
import { demoLibrary } from '../../library/demo-library.ts';
import type { AlarmRecord, ProgrammeRecord, SampleRecord } from '../../messages/record.ts';
import { standbyMediumMs } from '../alarm-worsening.ts';
import { indexLibrary } from '../library-index.ts';
import { type Arrival, newPumpRules, type PumpRuleState, type RuleEffect, type RuleStep } from '../pump-rule-state.ts';
import { applyAlarm, applyEvent, applySample, applyTime } from '../pump-rules.ts';
import { type CareFacts, newCareFacts } from './care.ts';

const t0 = Date.UTC(2026, 10, 22, 12);
const minute = 60_000;
const library = { name: 'Demo library', version: 1, index: indexLibrary(demoLibrary()) };
const known: CareFacts = { ...newCareFacts(), libraries: [library] };

/** What the pump runs, and then an alarm or a silence. */
class Bedside {
  state: PumpRuleState = newPumpRules();
  seq = 0;
  now = t0;
  care: CareFacts = known;

  get #context() {
    return { epochNo: 1, alertId: (seq: number, rule: string) => `${rule} ${seq}`, onPatient: true, care: this.care };
  }

  #arrival(): Arrival {
    this.seq += 1;
    const { now: at } = this;
    return { seq: this.seq, boot: 1, at, pumpAt: at, brokerAt: null, receivedAt: at, late: false };
  }

  #take(step: RuleStep): RuleEffect[] {
    this.state = step.next;
    return step.effects;
  }

  programme(drug: string, careArea: string, more: Partial<ProgrammeRecord> = {}): this {
    const arrival = this.#arrival();
    const record: ProgrammeRecord = {
      ...{ kind: 'programme', seq: arrival.seq, at: '', infusion: 1, drug, careArea, libraryVersion: 'demo-1' },
      ...{ mode: 'continuous', ...more },
    };
    this.#take(applyEvent(this.state, record, arrival, this.#context));
    return this;
  }

  sample(fields: Partial<SampleRecord> = {}): this {
    const arrival = this.#arrival();
    const record: SampleRecord = {
      ...{
        kind: 'sample',
        seq: arrival.seq,
        at: '',
        state: 'delivering',
        infusion: 1,
        rateMlPerH: 5,
        reservoirMl: 500,
      },
      ...fields,
    };
    this.#take(applySample(this.state, record, arrival, this.#context));
    return this;
  }

  alarm(code: string): RuleEffect[] {
    const arrival = this.#arrival();
    const record: AlarmRecord = {
      kind: 'alarm',
      seq: arrival.seq,
      at: '',
      alarm: this.seq,
      code,
      phase: 'start',
      infusion: 1,
    };
    return this.#take(applyAlarm(this.state, record, arrival, this.#context));
  }

  tick(ms: number): RuleEffect[] {
    this.now += ms;
    return this.#take(applyTime(this.state, this.now, { caughtUp: true, listeningSince: 0 }, this.#context));
  }
}

const said = (effects: RuleEffect[], type: string) => {
  const [raise] = effects.filter((effect) => effect.do === 'raise' && effect.type === type);
  return raise?.do === 'raise' ? raise : null;
};

/** A library that calls vancomycin critical and DOBUTamine not: what it says goes before the name. */
const reversed = demoLibrary();
for (const area of reversed.careAreas) {
  for (const drug of area.drugs) {
    if (drug.name === 'vancomycin') drug.critical = true;
    if (drug.name === 'DOBUTamine') drug.critical = false;
  }
}
const reversedFacts = { ...known, libraries: [{ name: 'Reversed', version: 1, index: indexLibrary(reversed) }] };
const infant = {
  ...known,
  assignments: [{ patient: 'P', therapy: null, from: 0, to: null }],
  patients: new Map([['P', { id: 'P', weightKg: 6, bsaM2: null, infant: true }]]),
};

test.each<[string, CareFacts, string, string, string, 'high' | 'medium' | 'low', boolean]>([
  ['an occlusion', known, 'vancomycin', 'adult home', 'MDC_EVT_FLUID_LINE_OCCL', 'medium', false],
  ['… of a ★ drug', known, 'DOBUTamine', 'inotropes', 'MDC_EVT_FLUID_LINE_OCCL', 'high', true],
  ['… that the library calls ★', reversedFacts, 'vancomycin', 'adult home', 'MDC_EVT_FLUID_LINE_OCCL', 'high', true],
  ['… that the library does not', reversedFacts, 'DOBUTamine', 'inotropes', 'MDC_EVT_FLUID_LINE_OCCL', 'medium', false],
  ['… by name where no library knows it', known, 'vasopressin', 'adult home', 'MDC_EVT_FLUID_LINE_OCCL', 'high', true],
  ['an empty bag', known, 'vancomycin', 'adult home', 'MDC_EVT_EMPTY', 'low', false],
  ['… of an opioid', known, 'morphine', 'adult PCA', 'MDC_EVT_EMPTY', 'medium', false],
  ['… of an infant', infant, 'vancomycin', 'adult home', 'MDC_EVT_EMPTY', 'medium', false],
  ['… of a ★ drug', known, 'treprostinil', 'pulmonary hypertension', 'MDC_EVT_EMPTY', 'high', true],
  ['a low battery', known, 'vancomycin', 'adult home', 'MDC_EVT_BATT_LO', 'low', false],
  ['… of a ★ drug', known, 'milrinone', 'inotropes', 'MDC_EVT_BATT_LO', 'medium', true],
  ['a pause', known, 'vancomycin', 'adult home', 'MDC_EVT_STANDBY_WARN', 'low', false],
  ['… of a ★ drug', known, 'milrinone', 'inotropes', 'MDC_EVT_STANDBY_WARN', 'high', true],
])('%s', (_what, care, drug, area, code, priority, critical) => {
  const bed = new Bedside();
  bed.care = care;
  bed.programme(drug, area).sample();
  expect(said(bed.alarm(code), code)).toMatchObject({ priority, detail: { critical } });
});

const getting = (...drugs: string[]): CareFacts => ({
  ...infant,
  patients: new Map([['P', { id: 'P', weightKg: 70, bsaM2: null, infant: false }]]),
  therapies: drugs.map((drug, n) => {
    const [, ended] = drug.split(' ');
    const status = ended === undefined ? 'active' : 'ended';
    const id = `T${n}`;
    return {
      id,
      reference: id,
      patient: 'P',
      drug: drug.replace(' ended', ''),
      status,
      holdUntil: null,
      careArea: 'adult home',
      orders: [],
    };
  }),
});

test.each<[string, CareFacts, 'high' | 'medium', boolean]>([
  ['the only therapy is ★', getting('milrinone'), 'high', true],
  ['one of two is ★', getting('vancomycin', 'milrinone'), 'high', true],
  ['the ★ one has ended', getting('vancomycin', 'cefTRIAXone', 'milrinone ended'), 'medium', false],
  ['none is ★', getting('vancomycin', 'cefTRIAXone'), 'medium', false],
  ['nobody has the pump', known, 'medium', false],
])('a pump that says no drug, occluded and silent: %s', (_what, care, priority, critical) => {
  const bed = new Bedside().sample();
  bed.care = care;
  expect(said(bed.alarm('MDC_EVT_FLUID_LINE_OCCL'), 'MDC_EVT_FLUID_LINE_OCCL')).toMatchObject({
    priority,
    detail: { critical },
  });
  expect(said(bed.tick(70_000), 'silent-pump')).toMatchObject({ detail: { critical } });
});

test('an alarm that stops a ★ drug says when harm is due: as long as the library says that a patient tolerates it', () => {
  const alert = said(
    new Bedside().programme('treprostinil', 'pulmonary hypertension').sample().alarm('MDC_EVT_FLUID_LINE_OCCL'),
    'MDC_EVT_FLUID_LINE_OCCL',
  );
  expect(alert?.detail).toMatchObject({
    harmAt: new Date(t0 + 5 * minute).toISOString(),
    harmBecause: 'without the drug',
  });
});

test('a pause is medium after a quarter of an hour; lost mains when the battery is below 30 %', () => {
  const bed = new Bedside().programme('vancomycin', 'adult home').sample();
  const pause = said(bed.alarm('MDC_EVT_STANDBY_WARN'), 'MDC_EVT_STANDBY_WARN');
  const mains = said(bed.sample({ batteryPct: 40, mains: false }).alarm('MDC_EVT_PWR_LOSS'), 'MDC_EVT_PWR_LOSS');
  expect([pause?.priority, mains?.priority]).toEqual(['low', 'low']);
  for (let ms = 10_000; ms < standbyMediumMs; ms += 10_000) {
    expect(bed.tick(10_000)).toEqual([]);
    bed.sample({ batteryPct: 30, mains: false });
  }
  expect(bed.tick(10_000)).toMatchObject([{ do: 'worsen', id: pause?.id, priority: 'medium' }]);
  expect(bed.sample({ batteryPct: 29, mains: false }).tick(1_000)).toMatchObject([
    { do: 'worsen', id: mains?.id, priority: 'medium', detail: { becauseOf: 'battery 29 %' } },
  ]);
});

test.each<[string, (bed: Bedside) => void, 'high' | 'medium', number]>([
  ['half an hour', (bed) => void bed.programme('vancomycin', 'adult home').sample(), 'medium', 30],
  ['10 min for a ★ drug', (bed) => void bed.programme('milrinone', 'inotropes').sample(), 'high', 10],
  [
    '5 min for a prostacyclin',
    (bed) => void bed.programme('treprostinil', 'pulmonary hypertension').sample(),
    'high',
    5,
  ],
  [
    'at once when a ★ pump was not running',
    (bed) => void bed.programme('milrinone', 'inotropes').sample().sample({ state: 'paused', rateMlPerH: 0 }),
    'high',
    0,
  ],
  [
    'at once after a low battery',
    (bed) => void bed.programme('vancomycin', 'adult home').sample().alarm('MDC_EVT_BATT_LO'),
    'high',
    0,
  ],
  [
    'at once near the empty time',
    (bed) => void bed.programme('vancomycin', 'adult home').sample({ reservoirMl: 4 }),
    'high',
    0,
  ],
  [
    'an hour before the empty time, where that comes first',
    // 6 mL at 5 mL/h: empty after 72 min, that is 12 min before the hour, of which the silence took one.
    (bed) => void bed.programme('vancomycin', 'adult home').sample({ reservoirMl: 6 }),
    'medium',
    10,
  ],
])('a silence is shown at once and pages after %s', (_what, play, priority, pageAfterMin) => {
  const bed = new Bedside();
  play(bed);
  const idle = bed.state.lastSample?.state === 'paused' ? 181_000 : 61_000;
  expect(said(bed.tick(idle), 'silent-pump')).toMatchObject({ priority, detail: { pageAfterMin } });
});

test('a silence that comes near the empty time pages at once from then on', () => {
  const bed = new Bedside().programme('vancomycin', 'adult home').sample({ reservoirMl: 15 });
  expect(said(bed.tick(61_000), 'silent-pump')).toMatchObject({ priority: 'medium', detail: { pageAfterMin: 30 } });
  expect(bed.tick(118 * minute)).toEqual([]);
  expect(bed.tick(2 * minute)).toMatchObject([{ do: 'worsen', priority: 'high', detail: { pageAfterMin: 0 } }]);
});
