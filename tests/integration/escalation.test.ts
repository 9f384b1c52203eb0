import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Api } from '../../api/api.ts';
import { alertDetail } from '../../schemas/http/alert.ts';
import { addPerson, Person, shape, testApi } from '../support/api.ts';
import { addAlert } from '../support/board.ts';
import { type TestBroker, testBroker } from '../support/broker.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { addMethod, makeDue, putOnCall, stepsOf, toldOf } from '../support/on-call.ts';
import { waitFor } from '../support/wait-for.ts';

let database: TestDatabase;
let broker: TestBroker;
let apis: Api[];
let ann: Person;
let bob: Person;
let tech: Person;

beforeAll(async () => {
  database = await testDatabase();
  broker = await testBroker(database.url);
  // Two processes side by side: each step is carried out by one of them.
  apis = await Promise.all([testApi(broker, database.url), testApi(broker, database.url)]);
  const signIn = async (role: 'clinician' | 'technician', index: number) =>
    Person.signIn(apis[index] ?? never(), await addPerson(database.pool, role));
  ann = await signIn('clinician', 0);
  bob = await signIn('clinician', 1);
  tech = await signIn('technician', 0);
  await putOnCall(database.pool, 'clinical', ann.id);
  await putOnCall(database.pool, 'clinical-backup', bob.id);
  await putOnCall(database.pool, 'technical', tech.id);
  await addMethod(database.pool, ann.id, 'web-push');
  await addMethod(database.pool, ann.id, 'voice');
  await addMethod(database.pool, bob.id, 'sms');
});
afterAll(async () => {
  for (const api of apis ?? []) await api.close();
  await broker?.close();
  await database?.close();
});
beforeEach(async () => {
  // What an earlier test left active asks nobody any more.
  await database.pool.query(
    `update alert set condition = 'ended', ended_at = now(), seen_at = coalesce(seen_at, now())`,
  );
});

const never = (): never => {
  throw new Error('no such api');
};
const read = async (id: string) => shape(alertDetail, await ann.get(`/alerts/${id}`));
const offered = (id: string, step: number) =>
  waitFor(async () => ((await read(id)).offer?.step === step ? read(id) : null), { what: `step ${step} of ${id}` });
const doneSteps = async (id: string) => (await stepsOf(database.pool, id)).filter(({ state }) => state === 'done');

describe('a high alert', () => {
  test('is offered at once to who is on call, told by the first channel, and the next step stands', async () => {
    const id = await addAlert(database.pool, { priority: 'high' });
    const alert = await offered(id, 1);
    expect(alert).toMatchObject({ responsibility: 'offered', offer: { cycle: 1, to: [{ id: ann.id }] }, held: null });
    const inMs = Date.parse(alert.nextStepAt ?? '') - Date.parse(alert.offer?.at ?? '');
    expect(inMs).toBe(90_000);
    expect(await toldOf(database.pool, id)).toMatchObject([
      { key: `alert:${id}:1:1:web-push:${ann.id}`, channel: 'web-push', user: ann.id, purpose: 'alert' },
    ]);
    expect(alert.actions.map(({ action, by }) => [action, by])).toEqual([['offer', null]]);
  });

  test('goes on step by step while nobody takes it, each step once though two processes look', async () => {
    const id = await addAlert(database.pool, { priority: 'high' });
    for (const step of [1, 2, 3, 4, 5, 6]) {
      await offered(id, step);
      await makeDue(database.pool, id);
    }
    const steps = await doneSteps(id);
    expect(steps.slice(0, 6).map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(steps[1]?.asked).toEqual([bob.id]);
    // There are no leads: step 3 asks who is on call again; from step 4 on it is everybody.
    expect(steps[2]?.asked).toEqual([ann.id]);
    expect([...(steps[4]?.asked ?? [])].sort()).toEqual([ann.id, bob.id].sort());
    const keys = (await toldOf(database.pool, id)).map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('is no longer asked about once somebody has it: what was not sent is called off with the answer', async () => {
    const id = await addAlert(database.pool, { priority: 'high' });
    await offered(id, 1);
    // One that its sender is to try again later.
    await database.pool.query(
      `update notification set state = 'queued', due_at = now() + interval '1 minute' where alert_id = $1`,
      [id],
    );
    const answer = await bob.post(`/alerts/${id}/accept`);
    const alert = shape(alertDetail, answer);
    expect(alert).toMatchObject({ responsibility: 'accepted', owner: { id: bob.id }, offer: null, nextStepAt: null });
    expect((await toldOf(database.pool, id)).map(({ state }) => state)).toEqual(['cancelled']);
    const [lapse] = (await stepsOf(database.pool, id)).filter(({ state }) => state === 'due');
    expect(lapse).toMatchObject({ kind: 'lapse' });
  });

  test('accepted by two at once: one has it, the other hears who', async () => {
    const id = await addAlert(database.pool, { priority: 'high' });
    const answers = await Promise.all([ann.post(`/alerts/${id}/accept`), bob.post(`/alerts/${id}/accept`)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const winner = answers[0]?.status === 200 ? ann : bob;
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ owner: { id: winner.id } });
  });

  test('passed on: the next step is asked in the same breath', async () => {
    const id = await addAlert(database.pool, { priority: 'high' });
    await offered(id, 1);
    const alert = shape(alertDetail, await ann.post(`/alerts/${id}/decline`, { reason: 'asleep' }));
    expect(alert).toMatchObject({ responsibility: 'offered', offer: { step: 2, to: [{ id: bob.id }] } });
    await ann.post(`/alerts/${id}/decline`);
    expect((await doneSteps(id)).map(({ asked }) => asked)).toEqual([
      [ann.id],
      [bob.id],
      expect.anything(),
      expect.anything(),
    ]);
  });

  test('handed over: offered to that person at once, and theirs only when they say so', async () => {
    const id = await addAlert(database.pool, { priority: 'high' });
    await ann.post(`/alerts/${id}/accept`);
    const alert = shape(alertDetail, await ann.post(`/alerts/${id}/hand-over`, { to: bob.id }));
    expect(alert).toMatchObject({ responsibility: 'offered', offeredTo: bob.id, offer: { to: [{ id: bob.id }] } });
    expect(await toldOf(database.pool, id)).toContainEqual(expect.objectContaining({ channel: 'sms', user: bob.id }));
    expect(shape(alertDetail, await bob.post(`/alerts/${id}/accept`)).owner?.id).toBe(bob.id);
  });

  test('an acceptance that lapses: its owner is called, then the next step; extending it puts that off', async () => {
    const id = await addAlert(database.pool, { priority: 'high' });
    await offered(id, 1);
    const first = shape(alertDetail, await bob.post(`/alerts/${id}/accept`));
    expect((await bob.post(`/alerts/${id}/extend`, {})).status).toBe(400);
    expect((await ann.post(`/alerts/${id}/extend`, { reason: 'mine?' })).status).toBe(409);
    const longer = shape(alertDetail, await bob.post(`/alerts/${id}/extend`, { reason: 'on the phone' }));
    expect(Date.parse(longer.acceptedUntil ?? '')).toBeGreaterThan(Date.parse(first.acceptedUntil ?? ''));
    await database.pool.query(`update alert set accepted_until = now() where alert_id = $1`, [id]);
    await waitFor(async () => (await read(id)).responsibility === 'lapsed', { what: 'it to lapse' });
    expect(await toldOf(database.pool, id)).toContainEqual(
      expect.objectContaining({ purpose: 'owner-lapsed', channel: 'voice', user: bob.id }),
    );
    await makeDue(database.pool, id);
    expect((await offered(id, 2)).offer?.to).toEqual([{ id: bob.id, name: bob.name }]);
  });

  test('closed with an outcome: it stays its owner’s, who is asked again if the condition goes on', async () => {
    const id = await addAlert(database.pool, { priority: 'high' });
    await bob.post(`/alerts/${id}/accept`);
    const closed = shape(alertDetail, await bob.post(`/alerts/${id}/close`, { outcome: 'restarted', needed: true }));
    expect(closed).toMatchObject({
      closed: { outcome: 'restarted' },
      neededSomebody: true,
      responsibility: 'accepted',
    });
    expect(Date.parse(closed.acceptedUntil ?? '') - Date.now()).toBeGreaterThan(55 * 60_000);
    expect((await ann.post(`/alerts/${id}/close`, { outcome: 'x' })).status).toBe(409);
  });

  test('that ended unseen is still asked about, until somebody has seen it', async () => {
    const id = await addAlert(database.pool, { priority: 'high', condition: 'ended', endedAgoS: 0 });
    await offered(id, 1);
    await makeDue(database.pool, id);
    await offered(id, 2);
    await ann.post(`/alerts/${id}/seen`);
    const alert = await read(id);
    expect([alert.nextStepAt, (await stepsOf(database.pool, id)).some(({ state }) => state === 'due')]).toEqual([
      null,
      false,
    ]);
  });
});

test('whose owner is disabled or changes to a role that can’t answer: the next step is asked within seconds', async () => {
  const admin = await Person.signIn(apis[0] ?? never(), await addPerson(database.pool, 'admin'));
  for (const change of [{ disabled: true }, { role: 'auditor' }]) {
    const carl = await Person.signIn(apis[1] ?? never(), await addPerson(database.pool, 'clinician'));
    const high = await addAlert(database.pool, { priority: 'high' });
    const low = await addAlert(database.pool, { priority: 'low' });
    await offered(high, 1);
    for (const id of [high, low]) await carl.post(`/alerts/${id}/accept`);
    // Kept for an hour, as its owner said.
    await carl.post(`/alerts/${high}/close`, { outcome: 'on my way' });
    expect((await admin.ask('PATCH', `/users/${carl.id}`, change)).status).toBe(200);
    expect((await offered(high, 2)).offer?.to).toEqual([{ id: bob.id, name: bob.name }]);
    expect((await read(high)).actions.map(({ action }) => action)).toContain('lapse');
    await waitFor(async () => (await read(low)).responsibility === 'lapsed', { what: 'the low one to be free' });
    expect((await read(low)).nextStepAt).toBeNull();
    expect((await bob.post(`/alerts/${low}/accept`)).status).toBe(200);
  }
});

test('offered to somebody who is disabled: the next step at once', async () => {
  const carl = await Person.signIn(apis[1] ?? never(), await addPerson(database.pool, 'clinician'));
  const id = await addAlert(database.pool, { priority: 'high' });
  await ann.post(`/alerts/${id}/accept`);
  await ann.post(`/alerts/${id}/hand-over`, { to: carl.id });
  await database.pool.query('update app_user set disabled_at = now() where user_id = $1', [carl.id]);
  expect((await offered(id, 2)).offer?.to).toEqual([{ id: bob.id, name: bob.name }]);
});

test('a dead device is no way to reach anybody: the first of the living ones is used at once', async () => {
  await database.pool.query(`update contact_method set gone_at = now() where user_id = $1 and channel = 'web-push'`, [
    ann.id,
  ]);
  try {
    const id = await addAlert(database.pool, { priority: 'high' });
    await offered(id, 1);
    expect((await toldOf(database.pool, id)).map(({ channel }) => channel)).toEqual(['voice']);
  } finally {
    await database.pool.query(`update contact_method set gone_at = null where user_id = $1`, [ann.id]);
  }
});

test('alerts that somebody else holds for long, however many and overdue, keep no other one waiting', async () => {
  // More than are looked at together.
  const held = await Promise.all(Array.from({ length: 110 }, () => addAlert(database.pool, { priority: 'high' })));
  const done = async (step: number) => {
    const { rows } = await database.pool.query(
      `select from escalation_step where alert_id = any ($1) and state = 'done' and step = $2`,
      [held, step],
    );
    return rows.length;
  };
  await waitFor(async () => (await done(1)) === held.length, { what: 'all first steps' });
  const holder = await database.pool.connect();
  try {
    await holder.query('begin');
    await holder.query('select from alert where alert_id = any ($1) for update', [held]);
    await database.pool.query(
      `update escalation_step set due_at = now() - interval '1 hour', early = null where alert_id = any ($1) and state = 'due'`,
      [held],
    );
    await offered(await addAlert(database.pool, { priority: 'high' }), 1);
    expect(await done(2)).toBe(0);
  } finally {
    await holder.query('rollback');
    holder.release();
  }
  await waitFor(async () => (await done(2)) === held.length, { what: 'all second steps' });
});

test('an answer that waited for a step bears a time after it', async () => {
  const id = await addAlert(database.pool, { priority: 'high' });
  await offered(id, 1);
  const holder = await database.pool.connect();
  try {
    await holder.query('begin');
    await holder.query('select from alert where alert_id = $1 for update', [id]);
    const answer = bob.post(`/alerts/${id}/accept`);
    await waitFor(
      async () =>
        (
          await database.pool.query(
            `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
          )
        ).rows.length > 0,
      { what: 'the answer to wait for the lock' },
    );
    const { rows } = await holder.query<{ at: Date }>('select clock_timestamp() as at');
    await holder.query('commit');
    const { actions } = shape(alertDetail, await answer);
    const accepted = actions.find(({ action }) => action === 'accept');
    expect(Date.parse(accepted?.at ?? '')).toBeGreaterThanOrEqual(rows[0]?.at.getTime() ?? Number.POSITIVE_INFINITY);
  } finally {
    holder.release();
  }
});

test('a medium alert pages after its dwell, and says when; it ends before: nobody was asked', async () => {
  const id = await addAlert(database.pool, { priority: 'medium' });
  const alert = await waitFor(async () => ((await read(id)).nextStepAt ? read(id) : null), { what: 'a plan' });
  expect(Math.round((Date.parse(alert.nextStepAt ?? '') - Date.parse(alert.raisedAt)) / 1000)).toBe(300);
  expect(alert.offer).toBeNull();
  await database.pool.query(`update alert set condition = 'ended', ended_at = now() where alert_id = $1`, [id]);
  await waitFor(async () => (await read(id)).nextStepAt === null, { what: 'the plan to be dropped' });
  expect(await doneSteps(id)).toEqual([]);
});

test('worsened to high it is asked about at once', async () => {
  const id = await addAlert(database.pool, { priority: 'medium' });
  await waitFor(async () => (await read(id)).nextStepAt, { what: 'a plan' });
  await database.pool.query(`update alert set priority = 'high' where alert_id = $1`, [id]);
  await offered(id, 1);
});

test('announced work holds it, visibly, and asks when it is ended early', async () => {
  await database.pool.query(`insert into pump (pump_id, shard, model, serial) values ('BED-1', 1, 'CADD', 'S')`);
  await database.pool.query(
    `insert into announcement (pump_id, kind, created_by, at) values ('BED-1', 'set-change', $1, now() - interval '1 second')`,
    [ann.id],
  );
  const id = await addAlert(database.pool, { priority: 'high', pump: 'BED-1' });
  const held = await waitFor(async () => (await read(id)).held, { what: 'it to be held' });
  expect(held.by).toBe('work');
  await database.pool.query(`update announcement set ended_at = now()`);
  await offered(id, 1);
});

test('a condition that comes back is offered from the first step again', async () => {
  const id = await addAlert(database.pool, { priority: 'high' });
  await offered(id, 1);
  await database.pool.query(`update alert set times = times + 1, responsibility = 'unassigned' where alert_id = $1`, [
    id,
  ]);
  await waitFor(async () => (await read(id)).offer?.cycle === 2, { what: 'the second cycle' });
});

test('a low alert is on the day list, and what a technician is told asks nobody', async () => {
  const low = await addAlert(database.pool, { priority: 'low' });
  const high = await addAlert(database.pool, { priority: 'high' });
  await offered(high, 1);
  expect((await read(low)).nextStepAt).toBeNull();
});

test('the platform’s own alert asks the technical on-call, who may take it; a clinical one they may not', async () => {
  const { rows } = await database.pool.query<{ id: string }>(
    `insert into alert (alert_id, type, audience, priority, message, condition, raised_at, late, received_at, committed_at)
     values (gen_random_uuid(), 'platform-delayed', 'technical-on-call', 'high', 'slow', 'active', now(), false, now(), now())
     returning alert_id as id`,
  );
  const id = rows[0]?.id ?? '';
  expect((await offered(id, 1)).offer?.to).toEqual([{ id: tech.id, name: tech.name }]);
  expect((await tech.post(`/alerts/${id}/accept`)).status).toBe(200);
  const clinical = await addAlert(database.pool, { priority: 'high' });
  expect((await tech.post(`/alerts/${clinical}/accept`)).status).toBe(403);
});
