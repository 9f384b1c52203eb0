import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditEntry } from '#schemas/http/administration.ts';
import { alertDetail } from '#schemas/http/alert.ts';
import { callDetail } from '#schemas/http/calls.ts';
import { downtimeList } from '#schemas/http/downtime-list.ts';
import { handOver, handOverDetail, handOverPage, people } from '#schemas/http/hand-over.ts';
import { page, problem } from '#schemas/http/shapes.ts';
import { demoLibrary } from '#schemas/library/demo-library.ts';
import { createDatabase } from '../../api/database.ts';
import { downtimeFile, writeDowntimeFile } from '../../api/downtime/file.ts';
import { parseCsv } from '../../schemas/library/csv.ts';
import { addPerson, Person, shape } from '../support/api.ts';
import { addAlert } from '../support/board.ts';
import { provisionPump } from '../support/broker.ts';
import { addPatient, addTherapy, assign, type MadePatient } from '../support/care.ts';
import { HandPump } from '../support/ingest.ts';
import { publishedLibrary } from '../support/libraries.ts';
import { type Stack, startStack } from '../support/stack.ts';

let stack: Stack;
let outgoing: Person;
let incoming: Person;
let third: Person;
let auditor: Person;
let patient: MadePatient;

beforeAll(async () => {
  stack = await startStack();
  const signIn = async (role: Parameters<typeof addPerson>[1]) =>
    Person.signIn(stack.api, await addPerson(stack.database.pool, role));
  [outgoing, incoming] = [await signIn('clinician'), await signIn('clinician')];
  [third, auditor] = [await signIn('pharmacist'), await signIn('auditor')];
});
afterAll(async () => {
  await stack?.close();
});

/** Pumps of a shift; a pump's link belongs to a test. */
async function fill(): Promise<void> {
  const phones = [
    { whose: 'patient', number: '+46 70 555 01 01' },
    { whose: 'caregiver', name: 'Kim', number: '+46 70 555 01 02' },
  ];
  patient = await addPatient(outgoing, 'Jan Exempel', { phones, plan: 'call Kim', prescriberPhone: '+46 8 555 00 00' });
  const therapy = await addTherapy(outgoing, patient, 'vancomycin', { emergencyPlan: 'rash: stop' });
  await addTherapy(outgoing, patient, 'milrinone', { emergencyPlan: 'backup pump in 15 min' });
  const held = await addTherapy(outgoing, await addPatient(outgoing, 'Held Halt'), 'cefTRIAXone');
  await outgoing.ask('PATCH', `/therapies/${held.id}`, { status: 'on-hold', holdUntil: inHours(3) });
  await pump('PUMP-STAR', 'milrinone', { reservoirMl: 40, rateMlPerH: 4 });
  await pump('PUMP-RUNS', 'vancomycin', { reservoirMl: 200, rateMlPerH: 10 });
  await pump('PUMP-SOON', 'vancomycin', { reservoirMl: 20, rateMlPerH: 10 });
  await assign(outgoing, 'PUMP-STAR', patient);
  await assign(outgoing, 'PUMP-SOON', patient, { therapy: therapy.id });
  // As ingest leaves a pump that it no longer hears.
  await provisionPump(stack.database.pool, 'PUMP-MUTE');
  await stack.database.pool.query(
    `insert into pump_state (pump_id, epoch_no, seq, state, rate_ml_per_h, last_sample_at, last_contact_at, silent_since, rules)
     values ('PUMP-MUTE', 1, 9, 'delivering', 10, now() - interval '15 min', now() - interval '15 min',
             now() - interval '14 min', '{}')`,
  );
}
let filling: Promise<void> | undefined;
const filled = () => {
  filling ??= fill();
  return filling;
};

const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
const shift = () => ({ shiftFrom: inHours(-8), shiftTo: inHours(6) });

async function pump(id: string, drug: string, sample: { reservoirMl: number; rateMlPerH: number }): Promise<void> {
  const hand = await HandPump.connect(stack.broker, await provisionPump(stack.database.pool, id));
  const { rateMlPerH } = sample;
  await hand.send('event', [
    hand.record({ kind: 'programme', infusion: 1, drug, mode: 'continuous', rateMlPerH, vtbiMl: 500 }),
    hand.record({ kind: 'delivery', infusion: 1, segment: 1, phase: 'start', rateMlPerH }),
  ]);
  await hand.send('telemetry', [hand.sample({ ...sample, infusedMl: 1 })]);
  await hand.acknowledged();
}

async function accepted(by: Person, priority: 'high' | 'medium' = 'medium'): Promise<string> {
  const id = await addAlert(stack.database.pool, { pump: 'PUMP-RUNS', priority });
  expect((await by.post(`/alerts/${id}/accept`)).status).toBe(200);
  return id;
}

test('the page tells what is open, runs ★, ends, is silent or comes off hold, and no way to reach anybody', async () => {
  await filled();
  const alert = await accepted(third, 'high');
  const body = { caller: 'patient', patient: patient.id, complaint: 'line leaks', callBackNumber: '+46 70 555 07 07' };
  await outgoing.post('/calls', { ...body, followUp: { text: 'visit', dueAt: inHours(1) } });
  const answer = await incoming.get(`/hand-overs/page?from=${inHours(-8)}&until=${inHours(6)}`);
  const shown = shape(handOverPage, answer);
  expect(shown.alerts.find(({ id }) => id === alert)).toMatchObject({ responsibility: 'accepted', priority: 'high' });
  expect(shown.alerts[0]?.priority).toBe('high');
  expect(shown.calls.map(({ complaint }) => complaint)).toContain('line leaks');
  expect(shown.followUps.map(({ followUp }) => followUp?.text)).toContain('visit');
  expect(shown.critical).toMatchObject([{ pump: 'PUMP-STAR', running: true, patient: { initials: 'J.E.' } }]);
  expect(shown.ending.map((one) => one.pump)).toEqual(['PUMP-SOON']);
  expect(Date.parse(shown.ending[0]?.emptyAt ?? '')).toBeCloseTo(Date.now() + 2 * 3_600_000, -5.5);
  expect(shown.silent.map((one) => one.pump)).toEqual(['PUMP-MUTE']);
  expect(shown.holds).toMatchObject([{ drug: 'cefTRIAXone', patient: { initials: 'H.H.' } }]);
  expect(JSON.stringify(answer.body)).not.toMatch(/Exempel|Kim|555 0/);
  const log = shape(page(auditEntry), await auditor.get('/audit?action=hand-over.page')).items;
  expect(log).toMatchObject([{ actor: { id: incoming.id } }]);
});

test('signing makes the incoming person owner of what they saw; until then the outgoing one has it', async () => {
  await filled();
  const alert = await accepted(outgoing, 'high');
  const call = { caller: 'patient', complaint: 'dizzy', followUp: { text: 'call back', dueAt: inHours(1) } };
  const { id: followUp } = shape(callDetail, await outgoing.post('/calls', call));
  expect(shape(people, await outgoing.get('/hand-overs/people')).items.map(({ id }) => id)).toContain(incoming.id);
  const offered = shape(
    handOverDetail,
    await outgoing.post('/hand-overs', { ...shift(), to: incoming.id, note: 'K.A. anxious' }),
  );
  expect(offered).toMatchObject({ state: 'waiting', page: null, note: 'K.A. anxious' });
  const owner = async () => shape(alertDetail, await incoming.get(`/alerts/${alert}`)).owner?.id;
  expect(await owner()).toBe(outgoing.id);

  const sign = (by: Person, alerts: string[], followUps: string[]) =>
    by.post(`/hand-overs/${offered.id}/sign`, { alerts, followUps });
  expect((await sign(third, [alert], [followUp])).status).toBe(403);
  const since = await accepted(outgoing);
  const mine = async (sql: string) =>
    (await stack.database.pool.query<{ id: string }>(sql, [outgoing.id])).rows.map(({ id }) => id);
  const followUps = await mine('select call_id as id from phone_call where follow_up_owner = $1');
  const refused = await sign(incoming, [alert], followUps);
  expect(refused.status).toBe(409);
  expect(problem.parse(refused.body).detail).toMatch(/has taken 1 more alert since you read the page/);
  expect(await owner()).toBe(outgoing.id);

  const screen = await third.live();
  screen.send({ type: 'resume', feedEpoch: null, last: 0 });
  await screen.next('snapshot', ({ last }) => last);
  const signed = shape(handOverDetail, await sign(incoming, [alert, since], followUps));
  expect(signed).toMatchObject({ state: 'signed', taken: { alerts: expect.arrayContaining([alert, since]) } });
  // The page is as it stood: the outgoing person had it.
  expect(signed.page?.alerts.find(({ id }) => id === alert)?.owner?.id).toBe(outgoing.id);
  expect(JSON.stringify(signed)).not.toMatch(/555 0|Exempel/);
  const then = shape(alertDetail, await incoming.get(`/alerts/${alert}`));
  expect(then.owner?.id).toBe(incoming.id);
  const byPeople = then.actions.filter(({ by }) => by !== null);
  expect(byPeople.slice(-2)).toMatchObject([
    { action: 'hand-over', by: { id: outgoing.id } },
    { action: 'accept', by: { id: incoming.id } },
  ]);
  await screen.next('alert', ({ alert: told }) => told.id === alert && told.owner?.id === incoming.id);
  await screen.next('alert', ({ alert: told }) => told.id === since && told.owner?.id === incoming.id);
  expect(
    await mine('select call_id as id from phone_call where follow_up_owner = $1 and follow_up_done_at is null'),
  ).toEqual([]);
  const taken = shape(callDetail, await incoming.get(`/calls/${followUp}`));
  expect(taken).toMatchObject({ followUp: { owner: { id: incoming.id } }, changes: [{ fields: ['follow_up_owner'] }] });
  const audit = shape(page(auditEntry), await auditor.get(`/audit?subject=${alert}`)).items;
  const audited = audit.filter(({ actor }) => actor.id !== null);
  expect(audited.slice(0, 2).map(({ action, actor }) => [action, actor.id])).toEqual([
    ['alert.accept', incoming.id],
    ['alert.hand-over', outgoing.id],
  ]);

  expect((await sign(incoming, [], [])).status).toBe(409);
  const change = stack.database.pool.query(`update hand_over set page = '{}' where hand_over_id = $1`, [offered.id]);
  await expect(change).rejects.toThrow('kept as it is');
  const erase = stack.database.pool.query('delete from hand_over where hand_over_id = $1', [offered.id]);
  await expect(erase).rejects.toThrow('kept as it is');
});

test('a hand-over is withdrawn by who wrote it; a new one takes its place', async () => {
  await filled();
  const offer = async () => shape(handOver, await outgoing.post('/hand-overs', { ...shift(), to: incoming.id }));
  const first = await offer();
  const second = await offer();
  const state = async (id: string) => shape(handOverDetail, await incoming.get(`/hand-overs/${id}`)).state;
  expect([await state(first.id), await state(second.id)]).toEqual(['withdrawn', 'waiting']);
  expect((await incoming.post(`/hand-overs/${second.id}/withdraw`)).status).toBe(403);
  expect((await outgoing.post(`/hand-overs/${second.id}/withdraw`)).status).toBe(200);
  expect((await incoming.post(`/hand-overs/${second.id}/sign`, { alerts: [], followUps: [] })).status).toBe(409);
  expect(shape(page(handOver), await incoming.get('/hand-overs?state=waiting')).items).toEqual([]);
});

test('a page that ends before it begins is refused: it would name no pump that runs empty', async () => {
  const answer = await incoming.get(`/hand-overs/page?from=${inHours(-1)}&until=${inHours(-2)}`);
  expect(answer.status).toBe(400);
  expect(problem.parse(answer.body).errors?.map(({ path }) => path)).toEqual(['until']);
});

test.each<[string, () => object, string]>([
  ['to oneself', () => ({ to: outgoing.id }), 'to'],
  ['to an auditor', () => ({ to: auditor.id }), 'to'],
  ['of a shift to come', () => ({ shiftFrom: inHours(1) }), 'shiftFrom'],
  ['to a shift that is over', () => ({ shiftTo: inHours(-1) }), 'shiftTo'],
])('a hand-over %s is refused at the field', async (_what, fields, path) => {
  const answer = await outgoing.post('/hand-overs', { ...shift(), to: incoming.id, ...fields() });
  expect(answer.status).toBe(422);
  expect(problem.parse(answer.body).errors?.map((error) => error.path)).toEqual([path]);
});

test('the downtime list names whom to call: ★, then silent, then running; each read is audited', async () => {
  await filled();
  const list = shape(downtimeList, await third.get('/downtime-list'));
  expect(list.items.map(({ pump: id, group }) => [id, group])).toEqual([
    ['PUMP-STAR', 'critical'],
    ['PUMP-MUTE', 'silent'],
    ['PUMP-SOON', 'running'],
    ['PUMP-RUNS', 'running'],
  ]);
  expect(list.items[0]).toMatchObject({
    patient: { initials: 'J.E.' },
    phones: [{ number: '+46 70 555 01 01' }, { whose: 'caregiver', name: 'Kim' }],
    ...{ plan: 'call Kim', prescriberPhone: '+46 8 555 00 00' },
    emergencyPlans: [{ text: 'rash: stop' }, { text: 'backup pump in 15 min' }],
  });
  expect(list.items[1]).toMatchObject({ patient: null, phones: [] });
  expect(JSON.stringify(list)).not.toContain('Exempel');
  const log = shape(page(auditEntry), await auditor.get('/audit?action=downtime-list.read')).items;
  expect(log).toMatchObject([{ actor: { id: third.id }, detail: { patients: 4 } }]);
});

test('the downtime list as CSV: a line a pump in the order of calling, with numbers; other formats are refused', async () => {
  await filled();
  const answer = await third.get('/downtime-list?format=csv');
  expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="downtime-list-[\dT-]+\.csv"$/);
  const read = parseCsv(String(answer.body));
  if (!read.ok) throw new Error(read.what);
  const [head, ...lines] = read.rows.map(({ cells }) => cells);
  const column = (name: string) => lines.map((cells) => cells[head?.indexOf(name) ?? -1]);
  expect(column('pump')).toEqual(['PUMP-STAR', 'PUMP-MUTE', 'PUMP-SOON', 'PUMP-RUNS']);
  expect(column('order')).toEqual(['1', '2', '3', '4']);
  expect(column('phones')[0]).toMatch(/\+46 70 555 01 01 · Kim, caregiver: /);
  expect(column('no answer')[0]).toBe('call Kim');
  expect(String(answer.body)).not.toContain('Exempel');
  const log = shape(page(auditEntry), await auditor.get('/audit?action=downtime-list.read')).items;
  expect(log[0]).toMatchObject({ actor: { id: third.id }, detail: { patients: 4, format: 'csv' } });
  for (const query of ['format=xml', 'formt=csv']) {
    const refused = await third.get(`/downtime-list?${query}`);
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([400, expect.stringMatching(/form/)]);
  }
});

test('a pump of which nobody knows the drug counts as ★ when its patient gets one, and says what it may be', async () => {
  await filled();
  const at = await addPatient(outgoing, 'Una Known');
  for (const drug of ['vancomycin', 'treprostinil']) await addTherapy(outgoing, at, drug);
  await provisionPump(stack.database.pool, 'PUMP-WHAT');
  await assign(outgoing, 'PUMP-WHAT', at);
  const list = shape(downtimeList, await third.get('/downtime-list'));
  expect(list.items.find(({ pump: id }) => id === 'PUMP-WHAT')).toMatchObject({
    ...{ drug: null, mayBe: ['treprostinil', 'vancomycin'], critical: true, group: 'critical' },
  });
  // A library may mark what no list of names does.
  const ordinary = await addPatient(outgoing, 'Mark Ed');
  await addTherapy(outgoing, ordinary, 'cefTRIAXone');
  await provisionPump(stack.database.pool, 'PUMP-MARK');
  await assign(outgoing, 'PUMP-MARK', ordinary);
  const marked = async () => {
    const { items } = shape(downtimeList, await third.get('/downtime-list'));
    return items.find(({ pump: id }) => id === 'PUMP-MARK')?.critical;
  };
  expect(await marked()).toBe(false);
  const content = demoLibrary();
  for (const { drugs } of content.careAreas) for (const one of drugs) one.critical ||= one.name === 'cefTRIAXone';
  const approver = await Person.signIn(stack.api, await addPerson(stack.database.pool, 'pharmacist'));
  await publishedLibrary(third, approver, 'Marks ceftriaxone', 1, content);
  expect(await marked()).toBe(true);
  await stack.database.pool.query(`update assignment set to_at = now() where pump_id in ('PUMP-WHAT', 'PUMP-MARK')`);
  await stack.database.pool.query(`update pump set status = 'ready' where pump_id in ('PUMP-WHAT', 'PUMP-MARK')`);
});

test('the downtime list lies as a file for this user alone, in place of the last one; what people wrote is no markup', async () => {
  await filled();
  const plan = '<script>alert(1)</script> & call';
  await outgoing.ask('PATCH', `/patients/${patient.id}`, { plan });
  const options = { connections: 1, statementTimeoutMs: 5_000, connectTimeoutMs: 2_000, name: 'test-downtime' };
  const db = createDatabase({ url: stack.database.url, ...options }, pino({ level: 'silent' }));
  const folder = join(stack.broker.dataDir, 'downtime');
  await writeDowntimeFile(db, folder, Date.parse('2026-11-25T02:00:00Z'));
  await writeDowntimeFile(db, folder, Date.parse('2026-11-25T03:00:00Z'));
  await db.close();
  const file = downtimeFile(folder);
  expect([statSync(folder).mode & 0o777, statSync(file).mode & 0o777]).toEqual([0o700, 0o600]);
  const text = readFileSync(file, 'utf8');
  expect(text).toContain('Made 2026-11-25 03:00 UTC');
  expect(text.indexOf('PUMP-STAR')).toBeLessThan(text.indexOf('PUMP-MUTE'));
  expect(text.indexOf('PUMP-MUTE')).toBeLessThan(text.indexOf('PUMP-RUNS'));
  expect(text).toContain('+46 70 555 01 02');
  expect(text).toContain('&#60;script&#62;alert(1)&#60;/script&#62; &#38; call');
  expect(text).not.toMatch(/<script|Exempel/);
  const log = shape(page(auditEntry), await auditor.get('/audit?action=downtime-list.write')).items;
  expect(log).toHaveLength(2);
});
