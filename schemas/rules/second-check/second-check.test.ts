import { expect, test } from 'vitest';
import { demoLibrary } from '../../library/demo-library.ts';
import type { BolusRecord, ProgrammeRecord, SampleRecord } from '../../messages/record.ts';
import { indexLibrary } from '../library-index.ts';
import { orderNumbers } from '../order.ts';
import { type Arrival, newPumpRules, type PumpRuleState, type RuleEffect, type RuleStep } from '../pump-rule-state.ts';
import { applyBolus, applyEvent, applySample, applyTime } from '../pump-rules.ts';
import { type CareFacts, type CareTherapy, newCareFacts } from './care.ts';
import { keepCheck, restoreCheck } from './check-state.ts';

const t0 = Date.UTC(2026, 10, 22, 12);
const minute = 60_000;
const libraries = [{ name: 'Demo library', version: 1, index: indexLibrary(demoLibrary()) }];

/** What was meant in PMC3138377: 5,250 mg over four days, 28.8 mL in 24 hours. */
const fluorouracil = orderNumbers.parse({
  drug: 'fluorouracil',
  concentration: { amount: 45, unit: 'mg', perMl: 1 },
  rateMlPerH: 1.2,
  volumeMl: 115,
  overfillMl: 5,
  durationMin: 5750,
  bsaM2: 1.8,
});
const order = (numbers = fluorouracil, more: Partial<CareTherapy['orders'][number]> = {}) => ({
  ...{ id: 'o1', version: 1, state: 'verified' as const, verifiedAt: t0 - minute, endedAt: null, numbers },
  ...more,
});
const therapy = (more: Partial<CareTherapy> = {}): CareTherapy => ({
  ...{ id: 't1', reference: 'TH-1', patient: 'P', drug: 'fluorouracil', careArea: 'oncology' },
  ...{ status: 'active' as const, holdUntil: null, orders: [order()] },
  ...more,
});
const facts = (more: Partial<CareFacts> = {}): CareFacts => ({
  ...newCareFacts(),
  ordersKept: true,
  assignments: [{ patient: 'P', therapy: null, from: 0, to: null }],
  patients: new Map([['P', { id: 'P', weightKg: 80, bsaM2: 1.8, infant: false }]]),
  therapies: [therapy()],
  libraries,
  ...more,
});

/** What another pump gave to the patient, mL, until some minutes before a moment, in hourly spans. */
function gaveElsewhere(ml: number, endedMin = 2, moment = t0, overMin = 10 * 60): CareFacts['doses'] {
  const hours = overMin / 60;
  const spans = Array.from({ length: hours }, (_, n) => ({
    from: moment - (endedMin + overMin - n * 60) * minute,
    to: moment - (endedMin + overMin - (n + 1) * 60) * minute,
    amount: (ml * 45 * 1e6) / hours,
  }));
  return new Map([['P|fluorouracil|mass', spans]]);
}

/** A pump at a patient's side, with what it did and what was said of it. */
class Bedside {
  state: PumpRuleState = newPumpRules();
  said: RuleEffect[] = [];
  seq = 0;
  now = t0;
  care: CareFacts | null;
  onPatient = true;
  infusion = 1;

  constructor(care: CareFacts | null = facts()) {
    this.care = care;
  }

  #take(step: RuleStep): RuleEffect[] {
    // Every step goes through what is kept, as through a restart.
    const { check } = step.next;
    const kept = restoreCheck(JSON.parse(JSON.stringify(keepCheck(check) ?? {})), check.doses);
    this.state = { ...step.next, check: this.seq % 2 === 0 ? kept : check };
    this.said.push(...step.effects);
    return step.effects;
  }

  get #context() {
    const { care, onPatient } = this;
    return { epochNo: 1, alertId: (seq: number, rule: string) => `${rule} ${seq}`, onPatient, care };
  }

  #arrival(lateMs: number): Arrival {
    this.seq += 1;
    const at = this.now - lateMs;
    return { seq: this.seq, boot: 1, at, pumpAt: at, brokerAt: null, receivedAt: this.now, late: lateMs > minute };
  }

  programme(fields: Partial<ProgrammeRecord> = {}, lateMs = 0): RuleEffect[] {
    const arrival = this.#arrival(lateMs);
    const record: ProgrammeRecord = {
      ...{ kind: 'programme', seq: arrival.seq, at: '', infusion: this.infusion, drug: 'fluorouracil' },
      ...{ careArea: 'oncology', libraryVersion: 'demo-1', concentration: { amount: 45, unit: 'mg', perMl: 1 } },
      ...{ mode: 'continuous', rateMlPerH: 1.2, vtbiMl: 115, bsaM2: 1.8 },
      ...fields,
    };
    return this.#take(applyEvent(this.state, record, arrival, this.#context));
  }

  sample(fields: Partial<SampleRecord> = {}, lateMs = 0): RuleEffect[] {
    const arrival = this.#arrival(lateMs);
    const record: SampleRecord = {
      ...{ kind: 'sample', seq: arrival.seq, at: '', state: 'delivering', infusion: this.infusion, rateMlPerH: 1.2 },
      ...fields,
    };
    return this.#take(applySample(this.state, record, arrival, this.#context));
  }

  bolus(fields: Partial<BolusRecord> = {}): RuleEffect[] {
    const arrival = this.#arrival(0);
    const record: BolusRecord = {
      ...{
        kind: 'bolus',
        seq: arrival.seq,
        at: '',
        infusion: this.infusion,
        origin: 'patient',
        result: 'given',
        ml: 1,
      },
      ...fields,
    };
    return this.#take(applyBolus(this.state, record, arrival, this.#context));
  }

  /** A second passes, with its tick. */
  tick(ms = 1_000): RuleEffect[] {
    this.now += ms;
    return this.#take(applyTime(this.state, this.now, { caughtUp: true, listeningSince: 0 }, this.#context));
  }

  /** Samples every 10 s with their ticks. */
  run(minutes: number, fields: (ml: number) => Partial<SampleRecord> = () => ({}), rate = 1.2): RuleEffect[] {
    const from = this.said.length;
    for (let second = 0; second < minutes * 60; second += 10) {
      this.tick(10_000);
      this.ml += rate / 360;
      this.sample({ rateMlPerH: rate, infusedMl: Math.round(this.ml * 50) / 50, ...fields(this.ml) });
    }
    return this.said.slice(from);
  }
  ml = 0;

  get open(): string[] {
    return this.state.open.map(({ key, priority, said }) => `${key} ${priority}: ${said}`);
  }
}

const raised = (effects: readonly RuleEffect[]) =>
  effects.flatMap((effect) => (effect.do === 'raise' ? [`${effect.type} ${effect.priority}: ${effect.message}`] : []));
const ended = (effects: readonly RuleEffect[]) =>
  effects.flatMap((effect) => (effect.do === 'end' ? [effect.reason] : []));

const x24 = 'programme-against-order high: 28.8 mL/h is 24 times the ordered 1.2 mL/h';

test('fluorouracil: 28.8 mL in 24 hours keyed as mL/h is said with its programme, with the predicted empty time', () => {
  const bed = new Bedside();
  const effects = bed.programme({ rateMlPerH: 28.8, durationMin: 240 });
  expect(raised(effects)).toContain(x24);
  const [alert] = effects.filter((effect) => effect.do === 'raise' && effect.type === 'programme-against-order');
  if (alert?.do !== 'raise') throw new Error('no alert');
  // 115 mL at 28.8 mL/h.
  expect(alert.detail).toMatchObject({
    critical: false,
    emptyAt: new Date(t0 + (115 / 28.8) * 3_600_000).toISOString(),
  });
  expect(alert.detail).toMatchObject({ harmBecause: 'all given too fast' });
  expect(bed.said.filter(({ do: what }) => what === 'raise').length).toBe(
    raised(bed.run(5, () => ({}), 28.8)).length + 2,
  );
});

test('the same from telemetry alone, within ten minutes, with a doubt in words', () => {
  const bed = new Bedside();
  expect(raised(bed.run(5, () => ({}), 28.8))).toEqual([]);
  const effects = bed.run(5, () => ({ vtbiRemainingMl: 100 }), 28.8);
  expect(raised(effects)).toEqual([x24]);
  const [alert] = effects.filter((effect) => effect.do === 'raise');
  if (alert?.do !== 'raise') throw new Error('no alert');
  expect(alert.detail.emptyAt).toEqual(expect.any(String));
  expect(alert.detail.notChecked).toContain('programme not checked: no programme record came');
  expect(alert.detail.doubts).toEqual([expect.stringContaining('does not say which drug')]);
  // The programme that comes after all is more knowledge of the same.
  expect(raised(bed.programme({ rateMlPerH: 28.8 }))).toEqual([expect.stringContaining('programme-against-library')]);
  expect(bed.open).toContain(x24);
});

test.each<[string, (bed: Bedside) => void, { open: (string | RegExp)[]; ended?: string }]>([
  ['a programme as ordered', (bed) => void bed.programme(), { open: [] }],
  [
    'a programme before its order: a pump runs without one; its verification ends it',
    (bed) => {
      bed.care = facts({ therapies: [therapy({ orders: [] })] });
      bed.programme();
      bed.sample();
      expect(bed.open).toEqual([
        expect.stringMatching(/^no-verified-order medium: A pump runs without an order: there is none for that time/),
      ]);
      bed.care = facts();
      bed.tick();
    },
    { open: [], ended: 'the order is verified' },
  ],
  [
    'a programme before its order, which then says something else',
    (bed) => {
      bed.care = facts({
        therapies: [therapy({ orders: [order(fluorouracil, { state: 'draft', verifiedAt: null })] })],
      });
      bed.programme({ rateMlPerH: 28.8 });
      bed.sample({ rateMlPerH: 28.8 });
      expect(bed.open).toContainEqual(expect.stringContaining('its order is not verified yet: version 1 waits'));
      bed.care = facts();
      bed.tick();
    },
    { open: [/hard limit|not in/, /24 times the ordered/] },
  ],
  [
    'an order that changes during the infusion',
    (bed) => {
      bed.programme();
      bed.run(1);
      bed.care = facts({
        therapies: [
          therapy({
            orders: [order({ ...fluorouracil, rateMlPerH: 2.4, durationMin: 2875 }, { id: 'o2', version: 2 })],
          }),
        ],
      });
      bed.tick();
    },
    { open: [/programme-against-order high: 1.2 mL\/h is 50 % below the ordered 2.4 mL\/h/] },
  ],
  [
    'an order that changes so that the programme agrees',
    (bed) => {
      bed.programme({ rateMlPerH: 2.4 });
      bed.run(1, () => ({}), 2.4);
      bed.care = facts({
        therapies: [
          therapy({
            orders: [order({ ...fluorouracil, rateMlPerH: 2.4, durationMin: 2875 }, { id: 'o2', version: 2 })],
          }),
        ],
      });
      bed.tick();
    },
    {
      open: [/^soft-limit-without-override medium: The pump did not ask: dose rate 1,440/],
      ended: 'agrees with the order',
    },
  ],
  [
    'an order cancelled during the infusion',
    (bed) => {
      bed.programme();
      bed.run(1);
      bed.care = facts({
        therapies: [therapy({ orders: [order(fluorouracil, { state: 'cancelled', endedAt: t0 })] })],
      });
      bed.tick();
    },
    { open: [/no-verified-order medium: A pump runs without an order: it was cancelled/] },
  ],
  [
    'a therapy put on hold with a running pump',
    (bed) => {
      bed.programme();
      bed.run(1);
      bed.care = facts({ therapies: [therapy({ status: 'on-hold' })] });
      bed.tick();
    },
    { open: [/running-on-hold high: The pump runs while the therapy is on hold/] },
  ],
  [
    'a hold that ends by time',
    (bed) => {
      bed.programme();
      bed.care = facts({ therapies: [therapy({ status: 'on-hold', holdUntil: t0 + 90_000 })] });
      bed.run(1);
      expect(bed.open).toEqual([expect.stringContaining('running-on-hold high')]);
      bed.run(1);
    },
    { open: [], ended: 'the therapy is active again' },
  ],
  [
    'a pump moved to a patient who does not get this drug',
    (bed) => {
      bed.programme();
      bed.run(1);
      bed.care = facts({ assignments: [{ patient: 'Q', therapy: null, from: t0, to: null }], therapies: [] });
      bed.tick();
    },
    { open: [/no-verified-order medium: A pump runs without an order: no therapy of this patient is fluorouracil/] },
  ],
  [
    'a pump that names the therapy of another patient than it is given to',
    (bed) => {
      const other = therapy({ id: 't9', reference: 'TH-9', patient: 'Q' });
      bed.care = facts({ named: new Map([['TH-9', other]]) });
      bed.programme({ therapy: 'TH-9' });
      bed.sample();
    },
    { open: [/programme-against-order high: The pump names a therapy which is not of the patient/] },
  ],
  [
    'two patients’ pumps swapped, each given for its therapy',
    (bed) => {
      const vancomycin = therapy({
        ...{ id: 't2', reference: 'TH-2', drug: 'vancomycin' },
        orders: [order({ ...fluorouracil, drug: 'vancomycin' })],
      });
      bed.care = facts({ assignments: [{ patient: 'P', therapy: 't2', from: 0, to: null }], therapies: [vancomycin] });
      bed.programme();
      bed.sample();
    },
    { open: [/programme-against-order high: fluorouracil runs, vancomycin was ordered/] },
  ],
  [
    'a reference that is not looked up yet: nothing is said until it is',
    (bed) => {
      bed.programme({ therapy: 'TH-9', rateMlPerH: 28.8 });
      bed.run(1, () => ({}), 28.8);
      expect(bed.open).toEqual([]);
      bed.care = facts({ named: new Map([['TH-9', null]]) });
      bed.tick();
    },
    { open: [/programme-against-order high/, /programme-against-library/] },
  ],
  [
    'no orders are kept at all: nobody is told that one is missing',
    (bed) => {
      bed.care = { ...newCareFacts(), libraries };
      bed.programme();
      bed.run(2);
    },
    { open: [] },
  ],
  [
    'a drug that is not in the library',
    (bed) => {
      bed.care = { ...newCareFacts(), libraries };
      bed.programme({ drug: 'moonshine' });
    },
    { open: [/programme-against-library medium: The drug is not in the library/] },
  ],
  [
    'an order for a drug that no library has, programmed as ordered',
    (bed) => {
      const moonshine = orderNumbers.parse({ ...fluorouracil, drug: 'moonshine' });
      bed.care = facts({ therapies: [therapy({ drug: 'moonshine', orders: [order(moonshine)] })] });
      bed.programme({ drug: 'moonshine' });
      bed.run(1);
    },
    { open: [/^programme-against-library medium: The drug is not in the library$/] },
  ],
  [
    'an order for a drug that no library has, programmed 24 times too fast: the order is compared all the same',
    (bed) => {
      const moonshine = orderNumbers.parse({ ...fluorouracil, drug: 'moonshine' });
      bed.care = facts({ therapies: [therapy({ drug: 'moonshine', orders: [order(moonshine)] })] });
      bed.programme({ drug: 'moonshine', rateMlPerH: 28.8 });
    },
    { open: [/The drug is not in the library/, /24 times the ordered/] },
  ],
  [
    'a patient moved to another pump with a new bag: the order goes along',
    (bed) => {
      bed.care = facts({ assignments: [] });
      bed.programme();
      bed.sample();
      expect(bed.open).toEqual([expect.stringContaining('no-verified-order medium')]);
      bed.care = facts();
      bed.tick();
    },
    { open: [], ended: 'the order is verified' },
  ],
  [
    'a patient moved to another pump with what is left of the bag, and nothing known of the rest: less than ordered',
    (bed) => void bed.programme({ vtbiMl: 57.5 }),
    { open: [/^programme-against-order low: less than ordered: 57.5 of 115 mL, at the ordered rate$/] },
  ],
  [
    'the same, where the other pump gave the rest',
    (bed) => {
      bed.care = facts({ doses: gaveElsewhere(57.5) });
      bed.programme({ vtbiMl: 57.5 });
      bed.sample();
    },
    { open: [] },
  ],
  [
    'what the other pump gave is known a little later, and forgotten after a day: it was the rest all the same',
    (bed) => {
      bed.programme({ vtbiMl: 57.5 });
      bed.run(1);
      expect(bed.open).toEqual([expect.stringContaining('less than ordered')]);
      bed.care = facts({ doses: gaveElsewhere(57.5) });
      bed.run(1);
      expect(bed.open).toEqual([]);
      bed.care = facts();
      bed.run(1);
    },
    { open: [], ended: 'agrees with the order' },
  ],
  [
    'a bag that goes on alone on the other pump is not the one that this pump has a part of',
    (bed) => {
      bed.programme({ vtbiMl: 57.5 });
      bed.run(20);
      bed.care = facts({ doses: gaveElsewhere(57.5, 0, bed.now) });
      bed.run(1);
    },
    { open: [/low: less than ordered/] },
  ],
  [
    'another pump gave so much that this is more than the order',
    (bed) => {
      bed.care = facts({ doses: gaveElsewhere(90) });
      bed.programme({ vtbiMl: 57.5 });
    },
    { open: [/medium: 57.5 mL after 90 mL from other pumps is more than the ordered 115 mL$/] },
  ],
  [
    'another pump gave a part, but long ago',
    (bed) => {
      bed.care = facts({ doses: gaveElsewhere(57.5, 5 * 60) });
      bed.programme({ vtbiMl: 57.5 });
    },
    { open: [/low: less than ordered/] },
  ],
  [
    'another pump gave for all the time of which anything is known: there may have been more',
    (bed) => {
      bed.care = facts({ doses: gaveElsewhere(57.5, 2, t0, 23 * 60) });
      bed.programme({ vtbiMl: 57.5 });
    },
    { open: [/low: less than ordered/] },
  ],
  [
    'the rest of the bag at 24 times the rate',
    (bed) => {
      bed.care = facts({ doses: gaveElsewhere(57.5) });
      bed.programme({ vtbiMl: 57.5, rateMlPerH: 28.8 });
    },
    { open: [/24 times the ordered/, /programme-against-library/] },
  ],
  [
    'the rest of a ★ drug’s bag, and nothing known of the rest: its early end is harm',
    (bed) => {
      const numbers = orderNumbers.parse({ drug: 'milrinone', rateMlPerH: 8, volumeMl: 96 });
      const given = { drug: 'milrinone', careArea: 'home inotropes', orders: [order(numbers)] };
      bed.care = facts({ libraries: [], therapies: [therapy(given)] });
      bed.programme({ drug: 'milrinone', rateMlPerH: 8, vtbiMl: 48, concentration: null, bsaM2: null });
    },
    { open: [/medium: less than ordered: 48 of 96 mL/] },
  ],
  [
    'nothing was looked up yet',
    (bed) => {
      bed.care = null;
      bed.programme({ rateMlPerH: 28.8 });
      bed.run(8, () => ({}), 28.8);
    },
    { open: [] },
  ],
  [
    'a pump on the bench says nothing, and what it said ends',
    (bed) => {
      bed.programme({ rateMlPerH: 28.8 });
      bed.onPatient = false;
      bed.tick();
    },
    { open: [], ended: 'not at a patient' },
  ],
  [
    'programmed anew as ordered',
    (bed) => {
      bed.programme({ rateMlPerH: 28.8 });
      bed.run(1, () => ({}), 28.8);
      bed.programme();
    },
    { open: [], ended: 'programmed anew' },
  ],
  [
    'the infusion is complete',
    (bed) => {
      bed.programme({ rateMlPerH: 28.8 });
      bed.run(1, () => ({}), 28.8);
      bed.sample({ state: 'complete', rateMlPerH: 0 });
    },
    { open: [], ended: 'the infusion is over' },
  ],
])('%s', (_what, play, { open, ended: why }) => {
  const bed = new Bedside();
  play(bed);
  expect(bed.open).toHaveLength(open.length);
  for (const words of open) expect(bed.open).toContainEqual(expect.stringMatching(words));
  if (why !== undefined) expect(ended(bed.said)).toContain(why);
  // Whatever was said stays said once.
  const before = bed.said.length;
  bed.tick();
  bed.tick();
  expect(bed.said.slice(before)).toEqual([]);
});
