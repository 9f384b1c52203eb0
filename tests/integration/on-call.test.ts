import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Api } from '../../api/api.ts';
import {
  calendarToken,
  onCallNow,
  override,
  policyPage,
  schedule,
  schedulePage,
  shifts,
  swapPage,
  swapped,
} from '../../schemas/http/on-call.ts';
import { addPerson, Person, shape, testApi } from '../support/api.ts';
import { addAlert } from '../support/board.ts';
import { type TestBroker, testBroker } from '../support/broker.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { addMethod, putOnCall } from '../support/on-call.ts';
import { waitFor } from '../support/wait-for.ts';

let database: TestDatabase;
let broker: TestBroker;
let api: Api;
let admin: Person;
let ann: Person;
let bob: Person;
let auditor: Person;

beforeAll(async () => {
  database = await testDatabase();
  broker = await testBroker(database.url);
  api = await testApi(broker, database.url);
  const signIn = async (role: 'admin' | 'clinician' | 'auditor') =>
    Person.signIn(api, await addPerson(database.pool, role));
  [admin, ann, bob, auditor] = [
    await signIn('admin'),
    await signIn('clinician'),
    await signIn('clinician'),
    await signIn('auditor'),
  ];
});
afterAll(async () => {
  await api?.close();
  await broker?.close();
  await database?.close();
});

const layer = (members: (string | null)[], given: object = {}) => ({
  ...{
    name: 'days',
    timeZone: 'Europe/Stockholm',
    startsOn: '2026-01-05',
    handOverAt: '07:00',
    every: { count: 1, unit: 'day' },
  },
  members,
  ...given,
});

test('a fresh database has schedules without anybody, and policies that end with everybody', async () => {
  const { items } = shape(schedulePage, await ann.get('/on-call/schedules'));
  expect(items.map(({ id }) => id)).toEqual(['clinical', 'clinical-backup', 'technical']);
  const policies = shape(policyPage, await ann.get('/on-call/policies')).items;
  expect(policies.map(({ id }) => id)).toEqual(['clinical-high', 'clinical-medium', 'technical']);
  expect(policies[0]?.steps.map(({ nextAfterS, unseenAfterS }) => [nextAfterS, unseenAfterS])).toEqual([
    [120, 90],
    [180, null],
    [180, null],
    [300, null],
  ]);
  expect(policies[0]?.problems[0]).toBe('step 1 reaches nobody now');
});

test('a schedule is made, its gaps are said, and a change of somebody else in between is refused', async () => {
  const made = shape(
    schedule,
    await admin.ask('PUT', '/on-call/schedules/nights', { name: 'Nights', layers: [layer([ann.id, null])] }),
  );
  expect(made.version).toBe(1);
  expect(made.gaps.length).toBeGreaterThanOrEqual(6);
  const again = { name: 'Nights', layers: [layer([ann.id, bob.id])], version: 1 };
  expect(shape(schedule, await admin.ask('PUT', '/on-call/schedules/nights', again)).gaps).toEqual([]);
  expect(await admin.ask('PUT', '/on-call/schedules/nights', again)).toMatchObject({ status: 409 });
  const { items } = shape(
    shifts,
    await ann.get('/on-call/schedules/nights/shifts?from=2026-03-28T12:00:00Z&until=2026-03-30T12:00:00Z'),
  );
  expect(items.map(({ from, user }) => [from, user?.id])).toEqual([
    ['2026-03-28T12:00:00.000Z', ann.id],
    ['2026-03-29T05:00:00.000Z', bob.id],
    ['2026-03-30T05:00:00.000Z', ann.id],
  ]);
});

test.each([
  ['an unknown zone', { layers: [{ timeZone: 'Mars/Olympus' }] }, /time zone/],
  ['an unknown person', { layers: [{ members: [randomUUID()] }] }, /layers\[0\] \(days\): .* nobody's id/],
  [
    'somebody who can’t answer',
    { layers: [{ members: ['auditor'] }] },
    /can't answer alerts: the role auditor may not/,
  ],
  ['no member', { layers: [{ members: [] }] }, /at least one member/],
  ['an end before the start', { layers: [{ endsOn: '2026-01-01' }] }, /endsOn: 2026-01-01 is not after startsOn/],
  ['a time of day that is none', { layers: [{ handOverAt: '24:00' }] }, /time of day/],
])('%s is refused with what, where and what was expected', async (_name, given, expected) => {
  const layers = given.layers.map((one) => {
    const { members = [ann.id], ...rest } = one as { members?: string[] };
    return layer(
      members.map((member) => (member === 'auditor' ? auditor.id : member)),
      rest,
    );
  });
  const answer = await admin.ask('PUT', '/on-call/schedules/wrong', { name: 'Wrong', layers });
  expect(answer.status).toBe(400);
  expect(JSON.stringify(answer.body)).toMatch(expected);
});

test('a policy without steps, with an unknown schedule or an end that reaches one person is refused', async () => {
  const step = { to: [{ kind: 'group', group: 'everybody' }], channels: ['board'], nextAfterS: 60 };
  const put = (steps: object[]) => admin.ask('PUT', '/on-call/policies/clinical-medium', { name: 'Medium', steps });
  expect(JSON.stringify((await put([])).body)).toMatch(/at least one step/);
  const unknown = { ...step, to: [{ kind: 'on-call', schedule: 'nobody-knows' }] };
  expect(JSON.stringify((await put([unknown, step])).body)).toMatch(
    /steps\[0\]\.to: there is no schedule nobody-knows/,
  );
  const last = { ...step, to: [{ kind: 'person', user: ann.id }] };
  expect(JSON.stringify((await put([last])).body)).toMatch(/the last step is repeated for ever/);
  const never = { ...step, to: [{ kind: 'group', group: 'technicians' }] };
  expect(JSON.stringify((await put([never])).body)).toMatch(/steps\[0\]\.to: .*technicians.* clinical/);
  const late = { ...step, unseenAfterS: 60 };
  expect(JSON.stringify((await put([late])).body)).toMatch(/steps\[0\]\.unseenAfterS/);
  expect((await put([step])).status).toBe(200);
});

test('a lead clinician edits schedules, another does not; neither edits policies', async () => {
  const body = { name: 'Leads', layers: [layer([ann.id])] };
  expect((await ann.ask('PUT', '/on-call/schedules/leads', body)).status).toBe(403);
  await admin.ask('PATCH', `/users/${ann.id}`, { lead: true });
  await waitFor(async () => (await ann.ask('PUT', '/on-call/schedules/leads', body)).status === 200, {
    what: 'the lead',
  });
  expect((await ann.ask('PUT', '/on-call/policies/technical', { name: 'x', steps: [] })).status).not.toBe(200);
  expect((await bob.ask('PUT', '/on-call/schedules/leads', body)).status).toBe(403);
  const { rows } = await database.pool.query(`select action from audit where subject = 'leads'`);
  expect(rows).toEqual([{ action: 'schedule.change' }]);
});

test('overrides and swaps change who has it; the one made last counts, one removed no longer', async () => {
  await putOnCall(database.pool, 'clinical', ann.id);
  const [from, until] = [new Date(Date.now() - 60_000).toISOString(), new Date(Date.now() + 3_600_000).toISOString()];
  const has = async () => shape(onCallNow, await ann.get('/on-call/now')).schedules.find(({ id }) => id === 'clinical');
  expect((await has())?.now?.id).toBe(ann.id);
  const id = randomUUID();
  const put = { schedule: 'clinical', user: bob.id, from, until, reason: 'ill' };
  expect(shape(override, await admin.ask('PUT', `/on-call/overrides/${id}`, put)).user.id).toBe(bob.id);
  expect(await has()).toMatchObject({ now: { id: bob.id }, until, next: { id: ann.id }, override: id });
  expect((await admin.ask('DELETE', `/on-call/overrides/${id}`)).status).toBe(204);
  expect((await has())?.now?.id).toBe(ann.id);
  expect((await admin.ask('PUT', `/on-call/overrides/${id}`, { ...put, until: from })).status).toBe(400);
  // As the writer's own clock shows it.
  const local = { ...put, from: '2027-02-01T20:00:00+01:00', until: '2027-02-02T08:00:00+01:00' };
  expect(shape(override, await admin.ask('PUT', `/on-call/overrides/${id}`, local)).from).toBe(
    '2027-02-01T19:00:00.000Z',
  );
  const zoneless = await admin.ask('PUT', `/on-call/overrides/${id}`, { ...put, from: '2027-02-01T20:00' });
  expect(zoneless.body).toMatchObject({
    status: 400,
    detail: expect.stringMatching(/^from: an RFC 3339 time such as/),
  });
  expect((await admin.get('/on-call/overrides?shedule=clinical')).status).toBe(400);

  await admin.ask('PUT', '/on-call/schedules/swaps', { name: 'Swaps', layers: [layer([ann.id, bob.id])] });
  const day = (n: number) => ({ from: `2027-01-0${n}T06:00:00Z`, until: `2027-01-0${n + 1}T06:00:00Z` });
  const made = shape(swapped, await admin.post('/on-call/swaps', { schedule: 'swaps', one: day(4), other: day(5) }));
  const { items } = shape(
    shifts,
    await ann.get('/on-call/schedules/swaps/shifts?from=2027-01-04T06:00:00Z&until=2027-01-06T06:00:00Z'),
  );
  const before = [made.overrides[1]?.user.id, made.overrides[0]?.user.id];
  expect(items.map(({ user }) => user?.id)).toEqual([...before].reverse());
  // Sent twice under one key it is one exchange: a second one would undo it.
  const keyed = { schedule: 'swaps', one: day(7), other: day(8) };
  const twice = async () =>
    shape(swapped, await admin.ask('POST', '/on-call/swaps', keyed, { 'idempotency-key': 'swap-1' }));
  const [once, again] = [await twice(), await twice()];
  expect(once.overrides).toHaveLength(2);
  expect(again).toEqual(once);
  const both = { schedule: 'swaps', one: { from: day(7).from, until: `2027-01-09T06:00:00Z` }, other: day(5) };
  expect(await admin.post('/on-call/swaps', both)).toMatchObject({ status: 400 });
});

test('one’s own shift is offered: nothing changes hands before the other says yes, and only they can', async () => {
  const signIn = async () => Person.signIn(api, await addPerson(database.pool, 'clinician'));
  const [cleo, dan, eve] = [await signIn(), await signIn(), await signIn()];
  const members = [cleo.id, dan.id];
  const put = (given: object) => admin.ask('PUT', '/on-call/schedules/offers', { name: 'Offers', ...given });
  await put({ layers: [layer(members, { startsOn: '2027-01-04', timeZone: 'UTC' })] });
  const day = (n: number) => ({ from: `2027-01-0${n}T07:00:00Z`, until: `2027-01-0${n + 1}T07:00:00Z` });
  const has = async (n: number) => {
    const { from, until } = day(n);
    const { items } = shape(shifts, await eve.get(`/on-call/schedules/offers/shifts?from=${from}&until=${until}`));
    return items.map(({ user }) => user?.id);
  };
  const body = { schedule: 'offers', one: day(4), other: day(5), reason: 'a wedding' };
  expect((await eve.post('/on-call/swaps', body)).status).toBe(403);
  expect((await dan.post('/on-call/swaps', body)).status).toBe(403);
  const offer = async (given: object = {}) =>
    shape(swapped, await cleo.post('/on-call/swaps', { ...body, ...given })).swap?.id ?? '';
  const id = await offer();
  expect(shape(swapPage, await eve.get('/on-call/swaps')).items).toMatchObject([
    { id, state: 'offered', from: { id: cleo.id }, to: { id: dan.id }, reason: 'a wedding' },
  ]);
  expect([await has(4), await has(5)]).toEqual([[cleo.id], [dan.id]]);
  for (const [who, step] of [
    [cleo, 'accept'],
    [eve, 'accept'],
    [admin, 'decline'],
    [dan, 'withdraw'],
  ] as const) {
    expect((await who.post(`/on-call/swaps/${id}/${step}`)).status).toBe(403);
  }
  const done = shape(swapped, await dan.post(`/on-call/swaps/${id}/accept`));
  expect(done).toMatchObject({ swap: { state: 'accepted' }, overrides: [{ swap: id }, { swap: id }] });
  expect([await has(4), await has(5)]).toEqual([[dan.id], [cleo.id]]);
  expect((await dan.post(`/on-call/swaps/${id}/accept`)).status).toBe(409);
  expect(shape(swapPage, await eve.get('/on-call/swaps')).items).toEqual([]);

  const declined = await offer({ one: day(6), other: day(7) });
  expect((await cleo.post('/on-call/swaps', { ...body, one: day(6), other: day(7) })).status).toBe(409);
  expect((await dan.post(`/on-call/swaps/${declined}/decline`)).body).toMatchObject({ state: 'declined' });
  const withdrawn = await offer({ one: day(6), other: day(7) });
  expect((await cleo.post(`/on-call/swaps/${withdrawn}/withdraw`)).body).toMatchObject({ state: 'withdrawn' });
  expect((await dan.post(`/on-call/swaps/${withdrawn}/accept`)).status).toBe(409);
  // The schedule was changed while it waited.
  const stale = await offer({ one: day(6), other: day(7) });
  await put({ layers: [layer([eve.id, dan.id], { startsOn: '2027-01-04', timeZone: 'UTC' })], version: 1 });
  expect(await dan.post(`/on-call/swaps/${stale}/accept`)).toMatchObject({ status: 409 });
  expect([await has(6), await has(7)]).toEqual([[eve.id], [dan.id]]);
  // Who left can't be given a shift, by nobody.
  await database.pool.query('update app_user set disabled_at = now() where user_id = $1', [eve.id]);
  const left = await admin.post('/on-call/swaps', { ...body, one: day(6), other: day(7) });
  expect([left.status, JSON.stringify(left.body)]).toEqual([400, expect.stringContaining('somebody who left')]);
  const log = await database.pool.query(`select action from audit where subject = $1 order by audit_id`, [id]);
  expect(log.rows.map(({ action }) => action)).toEqual(['swap.offer', 'swap.accept']);
});

test('a shift that has begun can’t be offered any more: it is handed over', async () => {
  const cleo = await Person.signIn(api, await addPerson(database.pool, 'clinician'));
  const members = [cleo.id, bob.id];
  const at = (hours: number) => new Date(Date.now() + hours * 3_600_000);
  const given = { startsOn: at(-240).toISOString().slice(0, 10), handOverAt: at(-12).toISOString().slice(11, 16) };
  await admin.ask('PUT', '/on-call/schedules/begun', {
    name: 'Begun',
    layers: [layer(members, { ...given, timeZone: 'UTC' })],
  });
  const { items } = shape(shifts, await cleo.get('/on-call/schedules/begun/shifts'));
  const [now, next] = items;
  if (!now || !next) throw new Error('no shifts');
  const [one, other] = now.user?.id === cleo.id ? [now, next] : [next, now];
  const span = ({ from, until }: typeof now) => ({ from, until });
  const answer = await cleo.post('/on-call/swaps', { schedule: 'begun', one: span(one), other: span(other) });
  expect([answer.status, JSON.stringify(answer.body)]).toEqual([409, expect.stringContaining('has begun')]);
});

test('a calendar reads one’s shifts with a token that is in no address and can be revoked', async () => {
  const token = shape(calendarToken, await ann.post('/on-call/calendar-token'));
  const read = (password: string) =>
    fetch(token.address, {
      headers: { authorization: `Basic ${Buffer.from(`${token.username}:${password}`).toString('base64')}` },
    });
  const calendar = await read(token.password);
  expect(calendar.headers.get('content-type')).toContain('text/calendar');
  expect(await calendar.text()).toContain('SUMMARY:Clinical on call');
  expect(token.address).not.toContain(token.password);
  expect((await read('wrong')).status).toBe(401);
  expect((await fetch(token.address)).status).toBe(401);
  expect((await fetch(token.address, { headers: { cookie: ann.cookie } })).status).toBe(200);
  await ann.ask('DELETE', '/on-call/calendar-token');
  expect((await read(token.password)).status).toBe(401);
});

test('reachable is a screen that a person touched, or a method that answered; a wall display and an idle window are not', async () => {
  const of = async (person: Person) =>
    shape(onCallNow, await ann.get('/on-call/now')).people.find(({ id }) => id === person.id);
  expect(await of(bob)).toMatchObject({ reachable: false, watching: false, answered: [] });
  const screen = await bob.live();
  screen.send({ type: 'present', agoMs: 16 * 60_000 });
  screen.send({ type: 'resume', feedEpoch: null, last: 0 });
  await screen.next('snapshot');
  const rows = async () =>
    (await database.pool.query('select last_human_at from watching where user_id = $1', [bob.id])).rows;
  await waitFor(async () => (await rows()).length > 0, { what: 'the screen to be told' });
  expect((await of(bob))?.watching).toBe(false);
  screen.send({ type: 'present', agoMs: 0 });
  await waitFor(async () => (await of(bob))?.watching, { what: 'bob to be watching' });
  await addMethod(database.pool, bob.id, 'voice');
  expect(await of(bob)).toMatchObject({ reachable: true, answered: ['voice'] });
});

test('what a touched screen of the person asked painted and saw is kept for the step; an idle one’s is not', async () => {
  const [idle, touched] = [await ann.live(), await ann.live()];
  for (const [screen, agoMs] of [
    [idle, 20 * 60_000],
    [touched, 1_000],
  ] as const) {
    screen.send({ type: 'present', agoMs });
    screen.send({ type: 'resume', feedEpoch: null, last: 0 });
    await screen.next('snapshot', ({ last }) => last);
  }
  const id = await addAlert(database.pool, { priority: 'high' });
  const receipts = async () =>
    (
      await database.pool.query('select step, user_id, rendered_at, seen_at from alert_receipt where alert_id = $1', [
        id,
      ])
    ).rows;
  const { seq } = await touched.next('alert', ({ alert }) => alert.id === id && alert.offer?.step === 1);
  await idle.next('alert', ({ alert }) => alert.id === id && alert.offer?.step === 1);
  idle.send({ type: 'rendered', seq });
  await waitFor(
    async () =>
      (await database.pool.query('select 1 from alert where alert_id = $1 and rendered_at is not null', [id])).rowCount,
  );
  expect(await receipts()).toEqual([]);
  touched.send({ type: 'rendered', seq });
  await waitFor(async () => (await receipts())[0]?.rendered_at, { what: 'painted' });
  touched.send({ type: 'seen', seq });
  await waitFor(async () => (await receipts())[0]?.seen_at, { what: 'seen' });
  expect(await receipts()).toMatchObject([{ step: 1, user_id: ann.id }]);
});
