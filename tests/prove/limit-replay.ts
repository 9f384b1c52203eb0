// A limit replay over every programme of a period is quick, and says what the live rule says of each one alone.
import { isDeepStrictEqual } from 'node:util';
import { checkedVersion, drugLibrary } from '#schemas/http/libraries.ts';
import { libraryReplay } from '#schemas/http/library-replay.ts';
import { order as orderShape } from '#schemas/http/orders.ts';
import { page } from '#schemas/http/shapes.ts';
import { demoLibrary } from '#schemas/library/demo-library.ts';
import { indexLibrary } from '#schemas/rules/library-index.ts';
import { limitFieldOf } from '#schemas/rules/limit-field.ts';
import type { Order } from '#schemas/rules/order.ts';
import { judgeProgramme } from '#schemas/rules/programme-against-library.ts';
import { numbersOf } from '../../api/care/orders.ts';
import { demoPassword } from '../chaos/platform.ts';
import { Person, shape } from '../support/api.ts';
import { addPatient, addTherapy } from '../support/care.ts';
import { provision } from './provision.ts';
import { type StoredProgramme, storeProgrammes } from './replay-programmes.ts';
import { duration, type ProofResult, percentile, proofResult, whole } from './result.ts';
import type { ProofContext, Stage } from './stage.ts';

export type LimitReplayOptions = { programmes: number; pumps: number; runs: number; withinMs: number | null };

export const usualLimitReplay: LimitReplayOptions = { programmes: 100_000, pumps: 1_000, runs: 3, withinMs: 5_000 };

const treprostinil = {
  ...{ drug: 'treprostinil', concentration: { amount: 100_000, unit: 'ng', perMl: 1 }, doseUnit: 'ng/kg/min' },
  ...{ durationMin: 2_880, totalDose: null, overfillMl: 0 },
};
/** 48 h for 65 kg. */
const volumeOf = (doseRate: number) => Math.round(doseRate * 65 * 2.88) / 100;

/** Patients of the drug whose limits follow the order. @returns the orders by the therapy's reference */
async function makeOrders(first: Person, second: Person): Promise<Map<string, Order>> {
  const orders = new Map<string, Order>();
  for (const doseRate of [30, 40, 52]) {
    const patient = await addPatient(first, `Replay ${doseRate}`, { weightKg: 65 });
    const therapy = await addTherapy(first, patient, 'treprostinil', { careArea: 'pulmonary hypertension' });
    const volumeMl = volumeOf(doseRate);
    const wanted = { therapy: therapy.id, ...treprostinil, doseRate, volumeMl };
    const made = shape(orderShape, await first.post('/orders', wanted));
    const { concentration, doseUnit, durationMin } = treprostinil;
    const readAnew = { concentration, doseRate, doseUnit, rateMlPerH: null, volumeMl, durationMin };
    orders.set(
      therapy.reference,
      numbersOf(shape(orderShape, await second.post(`/orders/${made.id}/verify`, readAnew))),
    );
  }
  return orders;
}

/** What the live rule says of each programme by itself, counted as simply as can be. */
function oneByOne(programmes: readonly StoredProgramme[], orders: ReadonlyMap<string, Order>): Record<string, number> {
  const index = indexLibrary(draft());
  const counts: Record<string, number> = {};
  const add = (key: string) => {
    counts[key] = (counts[key] ?? 0) + 1;
  };
  for (const { programme, did } of programmes) {
    const order = programme.therapy ? (orders.get(programme.therapy) ?? null) : null;
    const careArea = programme.therapy ? 'pulmonary hypertension' : null;
    const judged = judgeProgramme(programme, index, { order, careArea });
    const place = `${judged.careArea} · ${judged.entry?.name ?? judged.drug}`;
    for (const check of judged.checks) {
      if (check.outcome === 'inside') continue;
      if (check.outcome === 'not-checked') add(`${place} · ${check.field} · ${check.reason}`);
      else add(`${place} · ${check.field} · would ${check.outcome}`);
    }
    for (const { field, limitType } of did) add(`${place} · ${limitFieldOf(field) ?? field} · did ${limitType}`);
    for (const standing of judged.standing) add(`${place} · ${standing}`);
  }
  return counts;
}

/** The same counts out of the api's report. */
function reported(report: ReturnType<typeof libraryReplay.parse>): Record<string, number> {
  const counts: Record<string, number> = {};
  const set = (key: string, times: number) => {
    if (times > 0) counts[key] = times;
  };
  for (const { careArea, drug, field, limit, would, did } of report.lines) {
    set(`${careArea} · ${drug} · ${field} · would ${limit}`, would);
    set(`${careArea} · ${drug} · ${field} · did ${limit}`, did);
  }
  for (const { careArea, drug, field, reason, times } of report.notChecked)
    set(`${careArea} · ${drug} · ${field} · ${reason}`, times);
  for (const { careArea, drug, standing, times } of report.standing) set(`${careArea} · ${drug} · ${standing}`, times);
  return counts;
}

/** A draft that is stricter than what ran. */
function draft() {
  const content = demoLibrary();
  for (const { drugs } of content.careAreas) {
    for (const { limits } of drugs) {
      if (typeof limits.doseRate?.softHigh === 'number') limits.doseRate.softHigh *= 0.97;
    }
  }
  return content;
}

export async function proveLimitReplay(
  options: LimitReplayOptions,
  stage: Stage,
  context: ProofContext,
): Promise<ProofResult> {
  const { platform, db } = stage;
  const signIn = (email: string) => Person.signIn({ url: platform.apiUrl }, `${email}@demo.dripwatch`, demoPassword);
  const [first, second] = [await signIn('pharmacist'), await signIn('pharmacist2')];
  const orders = await makeOrders(first, second);
  const known = shape(page(drugLibrary), await first.get('/drug-libraries')).items;
  const name = `Replay ${known.length}`;
  const made = shape(checkedVersion, await first.post('/drug-libraries/import', { ...draft(), name }));
  const pumps = (await provision(db, `REPLAY${known.length}`, options.pumps)).map(({ id }) => id);
  context.log(`storing ${whole(options.programmes)} programmes of ${options.pumps} pumps`);
  // After the orders were verified: an order counts from then on.
  const from = Date.now() + 60_000;
  const stored = await storeProgrammes(db, pumps, options.programmes, from, [...orders.keys()]);

  const path = `/drug-libraries/${made.library.id}/versions/1/replay`;
  const span = { from: new Date(from).toISOString(), to: new Date(from + options.programmes).toISOString() };
  const took: number[] = [];
  let report: ReturnType<typeof libraryReplay.parse> | null = null;
  for (let run = 0; run < options.runs; run += 1) {
    const began = performance.now();
    report = shape(libraryReplay, await first.post(path, span));
    took.push(performance.now() - began);
    context.log(`replayed in ${duration(took.at(-1) ?? 0)}`);
  }
  if (!report) throw new Error('no replay');
  const began = performance.now();
  const expected = oneByOne(stored, orders);
  const alone = performance.now() - began;
  const told = reported(report);
  const different = [...new Set([...Object.keys(expected), ...Object.keys(told)])].filter(
    (key) => expected[key] !== told[key],
  );
  const would = report.lines.reduce((sum, line) => sum + line.would, 0);
  const slowest = Math.max(...took);
  return proofResult(
    'limit-replay',
    [
      ['programmes', `${whole(report.programmes)} of ${options.pumps} pumps; would fire ${whole(would)} times`],
      ['replay through the api', `${took.map(duration).join(', ')}; median ${duration(percentile(took, 0.5))}`],
      ['the live rule alone', `${duration(alone)} for all of them, without database and api`],
      ['counts compared', `${whole(Object.keys(expected).length)}, different ${different.length}`],
      ...different
        .slice(0, 5)
        .map((key) => ['different', `${key}: live rule ${expected[key] ?? 0}, replay ${told[key] ?? 0}`] as const),
    ],
    [
      { what: 'every programme is judged', holds: report.programmes === options.programmes && report.unreadable === 0 },
      { what: 'the replay says of each what the live rule says', holds: isDeepStrictEqual(expected, told) },
      ...(options.withinMs === null
        ? []
        : [{ what: `each replay is done within ${duration(options.withinMs)}`, holds: slowest < options.withinMs }]),
    ],
  );
}
