import * as z from 'zod';
import { order } from '#schemas/http/orders.ts';
import { patient } from '#schemas/http/patients.ts';
import { page, provisioned, session } from '#schemas/http/shapes.ts';
import { therapyDetail } from '#schemas/http/therapies.ts';
import { simulatedModel } from '../../firmware-sim/fleet.ts';
import { pumpIds } from '../../firmware-sim/run-fleet.ts';
import { therapies, therapyOf } from '../../firmware-sim/therapies.ts';
import { demoOrder } from './demo-orders.ts';

// The demo's patients, orders and assignments, entered through the api as its demo users would: written by one pharmacist,
// verified by another, given at the bedside. NOT FOR CLINICAL USE.

/** A demo of thousands of pumps is about pumps. */
const mostPatients = 24;
const notice = 'Made up for demonstration: NOT FOR CLINICAL USE.';
const firstNames = ['Ada', 'Bo', 'Cleo', 'Dana', 'Eli', 'Fay', 'Gus', 'Hope', 'Ira', 'Joy', 'Kit', 'Lou'] as const;
const lastNames = ['Example', 'Fiction'] as const;

/** Settings of {@link makeDemoCare}. */
export type DemoCare = { api: string; password: string; pumps: number; signal: AbortSignal };

/**
 * Makes what is missing and leaves what is there. It comes before the simulator: a pump that ran before its order was entered
 * would be an alert, and rightly. The simulator gets itself another token for a pump that is there.
 * @throws Error naming the request that was refused
 */
export async function makeDemoCare({ api, password, pumps, signal }: DemoCare): Promise<void> {
  const first = await signIn(api, 'pharmacist@demo.dripwatch', password, signal);
  const second = await signIn(api, 'pharmacist2@demo.dripwatch', password, signal);
  const technician = await signIn(api, 'technician@demo.dripwatch', password, signal);
  const known = therapies();
  for (const [n, { id: pump, serial }] of pumpIds('PUMP-', Math.min(pumps, mostPatients)).entries()) {
    const reference = `DEMO-${String(n + 1).padStart(4, '0')}`;
    const there = await first('GET', `/patients?q=${reference}`, page(patient));
    if (there.items.length > 0) continue;
    await provision(technician, { id: pump, serial });
    const { name, details } = person(n);
    const therapy = therapyOf(n, known);
    const { weightKg, bsaM2, drug, careArea } = therapy.programme;
    const body = { reference, name, ...details, weightKg: weightKg ?? 70, bsaM2: bsaM2 ?? 1.8 };
    const made = await first('POST', '/patients', patient, body);
    const emergencyPlan = `${notice} Stop the pump, close the clamp, call the on-call nurse.`;
    const begun = { patient: made.id, reference: `TH-${reference}`, drug, careArea, status: 'active', emergencyPlan };
    const course = await first('POST', '/therapies', therapyDetail, begun);
    const content = demoOrder(therapy);
    const draft = await first('POST', '/orders', order, { therapy: course.id, ...content });
    const { concentration, doseRate, doseUnit, rateMlPerH, volumeMl, durationMin } = content;
    const readAnew = { concentration, doseRate, doseUnit, rateMlPerH, volumeMl, durationMin };
    await second('POST', `/orders/${draft.id}/verify`, order, readAnew);
    const identifiers = [
      { kind: 'name', value: name },
      { kind: 'birth-date', value: details.birthDate },
    ];
    const given = { pump, patient: made.id, therapy: course.id, verified: { pumpLabel: pump, identifiers } };
    // The simulated pumps have hours behind them.
    await first('POST', '/assignments', z.unknown(), { ...given, from: new Date(Date.now() - dayMs).toISOString() });
  }
}

const dayMs = 86_400_000;

function person(n: number) {
  const name = `${firstNames[n % firstNames.length]} ${lastNames[Math.floor(n / firstNames.length) % lastNames.length]}`;
  const number = (offset: number) => `+1 555 01${String((n * 2 + offset) % 100).padStart(2, '0')}`;
  const details = {
    birthDate: `19${40 + n}-01-${String(n + 1).padStart(2, '0')}`,
    phones: [
      { whose: 'patient', name: null, number: number(0) },
      { whose: 'caregiver', name: 'A made-up caregiver', number: number(1) },
    ],
    address: `${n + 1} Made-up Road, Nowhere`,
    timeZone: 'Etc/UTC',
    plan: `${notice} No answer: second contact, then welfare check.`,
  };
  return { name, details };
}

type Ask = <T extends z.ZodType>(method: string, path: string, shape: T, body?: unknown) => Promise<z.infer<T>>;

async function provision(ask: Ask, pump: { id: string; serial: string }): Promise<void> {
  const found = z.object({ items: z.array(z.object({ id: z.string() })) });
  const { items } = await ask('GET', `/pumps?q=${pump.id}`, found);
  if (items.some(({ id }) => id === pump.id)) return;
  await ask('POST', '/pumps', provisioned, { ...pump, model: simulatedModel });
}

async function signIn(api: string, email: string, password: string, signal: AbortSignal): Promise<Ask> {
  let headers: Record<string, string> = {};
  const ask: Ask = async (method, path, shape, body) => {
    const response = await fetch(`${api}/api/v1${path}`, {
      method,
      signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]),
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 300)}`);
    headers = { ...headers, ...cookieOf(response) };
    return shape.parse(JSON.parse(text));
  };
  const { csrfToken } = await ask('POST', '/session', session, { email, password });
  headers = { ...headers, 'x-csrf-token': csrfToken };
  return ask;
}

function cookieOf(response: Response): Record<string, string> {
  const [cookie] = response.headers.getSetCookie();
  return cookie === undefined ? {} : { cookie: cookie.split(';', 1)[0] ?? '' };
}
