import { onTestFinished } from 'vitest';
import { addPerson, Person } from '../support/api.ts';
import { provisionPump } from '../support/broker.ts';
import { addPatient, addTherapy, assign } from '../support/care.ts';
import { HandPump } from '../support/ingest.ts';
import type { Stack } from '../support/stack.ts';
import { waitFor } from '../support/wait-for.ts';

const hour = 3_600_000;
const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

export type Night = { infusions: Record<string, string>; patients: Record<string, string> };

/** What the rules find by themselves in this night. */
const foundByRules = [
  ['PUMP-0033', 'no-verified-order'],
  ['PUMP-0034', 'no-verified-order'],
  ['PUMP-0058', 'no-verified-order'],
  ['PUMP-0147', 'programme-against-order'],
];

/**
 * A night's patients and pumps, all made up: one of them is programmed 24 times too fast against its verified order. The
 * pumps go on speaking while the running test lasts. What the rules find has been told when this returns: ingest looks once
 * a second what changed on record, so that an alert may come after the last acknowledgement.
 */
export async function aNight(stack: Stack): Promise<Night> {
  const db = stack.database.pool;
  const [first, second] = await Promise.all(
    [1, 2].map(async () => Person.signIn(stack.api, await addPerson(db, 'pharmacist'))),
  );
  if (!first || !second) throw new Error('no pharmacists');
  const named = [first.id, second.id].map((id, i) => [id, ['A. Moreau', 'T. Nakamura'][i]]);
  for (const person of named) await db.query('update app_user set name = $2 where user_id = $1', person);
  const [jan, kim, maja] = await Promise.all(
    ['Jan Modell', 'Kim Aspen', 'Rut Sommar'].map((name) => addPatient(first, name)),
  );
  if (!jan || !kim || !maja) throw new Error('no patients');
  const therapy = await addTherapy(first, jan, 'fluorouracil', {
    emergencyPlan: 'Stop the pump, close the clamp. Antidote: uridine triacetate, within 96 h.',
  });
  const concentration = { amount: 45.57, unit: 'mg', perMl: 1 };
  const readAnew = { concentration, rateMlPerH: 1.2, volumeMl: 115.2, durationMin: 5760 };
  const order = { ...readAnew, therapy: therapy.id, drug: 'fluorouracil', totalDose: { amount: 5250, unit: 'mg' } };
  const made = await first.post('/orders', order);
  const id = typeof made.body === 'object' && made.body !== null && 'id' in made.body ? String(made.body.id) : '';
  const verified = await second.post(`/orders/${id}/verify`, readAnew);
  if (verified.status !== 200) throw new Error(`the order was not verified: ${JSON.stringify(verified.body)}`);

  const beds = [
    { pump: 'PUMP-0147', of: jan, drug: 'fluorouracil', concentration, rateMlPerH: 28.8, left: 114.6, given: 0.6 },
    { pump: 'PUMP-0033', of: kim, drug: 'vancomycin', concentration: null, rateMlPerH: 125, left: 180, given: 70 },
    { pump: 'PUMP-0034', of: kim, drug: 'milrinone', concentration: null, rateMlPerH: 5.2, left: 41, given: 59 },
    { pump: 'PUMP-0058', of: maja, drug: 'TPN', concentration: null, rateMlPerH: 210.5, left: 63, given: 1937 },
  ];
  const speaking: (() => Promise<void>)[] = [];
  for (const { pump, of, drug, concentration: strength, rateMlPerH, left, given } of beds) {
    const credentials = await provisionPump(db, pump);
    await db.query("update pump set model = 'Meridian H2' where pump_id = $1", [pump]);
    const hand = await HandPump.connect(stack.broker, credentials);
    await assign(first, pump, of, { from: ago(hour) });
    await hand.send('event', [
      hand.record({
        ...{ kind: 'programme', infusion: 1, drug, mode: 'continuous', rateMlPerH, vtbiMl: left + given },
        ...(strength && { concentration: strength }),
      }),
      hand.record({ kind: 'delivery', infusion: 1, segment: 1, phase: 'start', rateMlPerH }),
    ]);
    await hand.send('telemetry', [hand.sample({ rateMlPerH, reservoirMl: left, infusedMl: given, batteryPct: 80 })]);
    await hand.acknowledged();
    const since = Date.now();
    speaking.push(async () => {
      const ml = ((Date.now() - since) / hour) * rateMlPerH;
      await hand.send('telemetry', [
        hand.sample({ rateMlPerH, reservoirMl: left - ml, infusedMl: given + ml, batteryPct: 80 }),
      ]);
    });
  }
  goOnSpeaking(speaking);
  const rows = await waitFor(
    async () => {
      const found = await db.query<{ pump: string; id: string }>(
        'select pump_id as pump, infusion_id as id from infusion where drug is not null',
      );
      return found.rows.length === beds.length ? found.rows : null;
    },
    { what: 'the infusions' },
  );
  await waitFor(
    async () => {
      const told = await db.query<{ pump: string; type: string }>(
        'select pump_id as pump, type from alert order by pump_id, type',
      );
      return JSON.stringify(told.rows.map(({ pump, type }) => [pump, type])) === JSON.stringify(foundByRules);
    },
    { what: 'what the rules find' },
  );
  return {
    infusions: Object.fromEntries(rows.map(({ pump, id: infusion }) => [pump, infusion])),
    patients: { jan: jan.id, kim: kim.id, maja: maja.id },
  };
}

/** A sample of each pump every ten seconds, as the protocol asks of a pump that delivers. */
function goOnSpeaking(speaking: readonly (() => Promise<void>)[]): void {
  const timer = setInterval(() => {
    // A link that ends with the test takes nothing more.
    for (const speak of speaking) void speak().catch(() => {});
  }, 10_000);
  onTestFinished(() => clearInterval(timer));
}
