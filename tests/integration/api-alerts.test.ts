import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { alert, alertDetail } from '#schemas/http/alert.ts';
import { page, problem } from '#schemas/http/shapes.ts';
import type { Api } from '../../api/api.ts';
import { addPerson, apiForThisTest, Person, shape, testApi } from '../support/api.ts';
import { addAlert } from '../support/board.ts';
import { type TestBroker, testBroker } from '../support/broker.ts';
import { cuttableLink } from '../support/cuttable-link.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { waitFor } from '../support/wait-for.ts';

let database: TestDatabase;
let broker: TestBroker;
let api: Api;
let nurse: Person;
let other: Person;

beforeAll(async () => {
  database = await testDatabase();
  broker = await testBroker(database.url);
  api = await testApi(broker, database.url);
  nurse = await Person.signIn(api, await addPerson(database.pool, 'clinician'));
  other = await Person.signIn(api, await addPerson(database.pool, 'clinician'));
});
afterAll(async () => {
  await api?.close();
  await broker?.close();
  await database?.close();
});

test('of many people who accept at once one has it, and all others are told who', async () => {
  const people = await Promise.all(
    Array.from({ length: 6 }, async () => Person.signIn(api, await addPerson(database.pool, 'clinician'))),
  );
  for (let round = 0; round < 5; round += 1) {
    const id = await addAlert(database.pool, { priority: 'high' });
    const answers = await Promise.all(people.map((person) => person.post(`/alerts/${id}/accept`)));
    const winners = people.filter((_, index) => answers[index]?.status === 200);
    expect(winners).toHaveLength(1);
    const owner = { id: winners[0]?.id, name: winners[0]?.name };
    for (const answer of answers.filter(({ status }) => status !== 200)) {
      expect(answer.status).toBe(409);
      expect(problem.parse(answer.body).owner).toEqual(owner);
    }
    const { rows } = await database.pool.query(
      "select by_user from alert_action where alert_id = $1 and action = 'accept'",
      [id],
    );
    expect(rows).toEqual([{ by_user: owner.id }]);
  }
});

test('the feed stays gapless and in order while many answer at once', async () => {
  const ids = await Promise.all(Array.from({ length: 20 }, () => addAlert(database.pool, {})));
  await Promise.all(
    ids.flatMap((id) => [nurse.post(`/alerts/${id}/accept`), other.post(`/alerts/${id}/note`, { text: 'hm' })]),
  );
  const { rows } = await database.pool.query(
    'select count(*)::int as entries, max(seq)::int as highest, (select head::int from feed) as head from feed_entry',
  );
  expect(rows[0].entries).toBe(rows[0].head);
  expect(rows[0].highest).toBe(rows[0].head);
});

test('accepting twice is once; accepting sets owner, deadline, hop and seen', async () => {
  const id = await addAlert(database.pool, { priority: 'high' });
  const first = shape(alertDetail, await nurse.post(`/alerts/${id}/accept`, {}));
  expect(first).toMatchObject({
    responsibility: 'accepted',
    condition: 'active',
    owner: { id: nurse.id, name: nurse.name },
  });
  expect(first.hops.acceptedAt).not.toBeNull();
  expect(first.hops.seenAt).not.toBeNull();
  expect(Date.parse(first.acceptedUntil ?? '') - Date.parse(first.hops.acceptedAt ?? '')).toBe(600_000);
  const second = shape(alertDetail, await nurse.post(`/alerts/${id}/accept`));
  expect(second).toEqual(first);
  // Escalation asks people about it meanwhile where the first acceptance took its time.
  expect(second.actions.filter(({ by }) => by !== null)).toHaveLength(1);
});

test.each(['unassigned', 'offered', 'declined', 'lapsed'])('accept is possible from %s', async (responsibility) => {
  const id = await addAlert(database.pool, {});
  await database.pool.query('update alert set responsibility = $2 where alert_id = $1', [id, responsibility]);
  expect(shape(alertDetail, await nurse.post(`/alerts/${id}/accept`)).responsibility).toBe('accepted');
});

test('an ended alert can be accepted too: a condition never decides who has it', async () => {
  const id = await addAlert(database.pool, { condition: 'ended', endedAgoS: 5, priority: 'high' });
  const accepted = shape(alertDetail, await nurse.post(`/alerts/${id}/accept`));
  expect(accepted).toMatchObject({ condition: 'ended', responsibility: 'accepted' });
});

test('taking back is for its owner and for 5 s; then it was never accepted', async () => {
  const id = await addAlert(database.pool, {});
  await nurse.post(`/alerts/${id}/accept`);
  expect(await other.post(`/alerts/${id}/undo`)).toMatchObject({ status: 409 });
  const back = shape(alertDetail, await nurse.post(`/alerts/${id}/undo`));
  expect(back).toMatchObject({ responsibility: 'unassigned', owner: null, hops: { acceptedAt: null } });
  await nurse.post(`/alerts/${id}/accept`);
  await database.pool.query("update alert_action set at = at - interval '6 seconds' where alert_id = $1", [id]);
  await database.pool.query("update alert set accepted_at = accepted_at - interval '6 seconds' where alert_id = $1", [
    id,
  ]);
  expect(await nurse.post(`/alerts/${id}/undo`)).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining('5 s') },
  });
});

test('declining, handing over, noting and closing are written down with who did it', async () => {
  const id = await addAlert(database.pool, {});
  expect(await other.post(`/alerts/${id}/hand-over`, { to: nurse.id })).toMatchObject({ status: 409 });
  await nurse.post(`/alerts/${id}/accept`);
  expect(await other.post(`/alerts/${id}/decline`)).toMatchObject({ status: 409, body: { owner: { id: nurse.id } } });
  expect(await nurse.post(`/alerts/${id}/hand-over`, { to: randomUUID() })).toMatchObject({ status: 400 });
  const offered = shape(
    alertDetail,
    await nurse.post(`/alerts/${id}/hand-over`, { to: other.id, reason: 'shift ends' }),
  );
  expect(offered).toMatchObject({ responsibility: 'offered', owner: null, offeredTo: other.id });
  await other.post(`/alerts/${id}/accept`);
  await other.post(`/alerts/${id}/note`, { text: 'called the patient' });
  await other.post(`/alerts/${id}/feedback`, { needed: true, outcome: 'line flushed' });
  const end = shape(alertDetail, await other.post(`/alerts/${id}/decline`, { reason: 'driving' }));
  // Passed on: the next step is asked at once.
  expect(end).toMatchObject({ responsibility: 'offered', owner: null, neededSomebody: true });
  const byPeople = end.actions.filter(({ by }) => by !== null);
  expect(byPeople.map(({ action, by, note }) => [action, by?.id, note])).toEqual([
    ['accept', nurse.id, null],
    ['hand-over', nurse.id, 'shift ends'],
    ['accept', other.id, null],
    ['note', other.id, 'called the patient'],
    ['feedback', other.id, 'line flushed'],
    ['decline', other.id, 'driving'],
  ]);
  const { rows } = await database.pool.query('select action from audit where subject = $1 order by audit_id', [id]);
  expect(rows.map(({ action }) => action)).toEqual(end.actions.map(({ action }) => `alert.${action}`));
});

test('accepting on one screen shows on another', async () => {
  const screen = await other.live();
  screen.send({ type: 'resume', feedEpoch: null, last: 0 });
  await screen.next('snapshot', ({ last }) => last);
  const id = await addAlert(database.pool, { priority: 'high' });
  await screen.next('alert', (frame) => frame.alert.id === id);
  await nurse.post(`/alerts/${id}/accept`);
  const { alert: shown } = await screen.next('alert', (frame) => frame.alert.id === id && frame.alert.owner !== null);
  expect(shown).toMatchObject({
    responsibility: 'accepted',
    owner: { id: nurse.id },
    hops: { sentAt: expect.any(String) },
  });
});

test('while the database is away: accepting is 503 and not recorded, who was signed in may still look, then all goes on', async () => {
  const link = await cuttableLink(database.url);
  const alone = await apiForThisTest(broker, link.url);
  const person = await Person.signIn(alone, await addPerson(database.pool, 'clinician'));
  const id = await addAlert(database.pool, { priority: 'high' });
  const screen = await person.live();
  screen.send({ type: 'resume', feedEpoch: null, last: 0 });
  await waitFor(() => screen.frames.some((frame) => JSON.stringify(frame).includes(id)), { what: 'the alert' });

  link.cut();
  const refused = await person.post(`/alerts/${id}/accept`);
  expect(refused).toMatchObject({ status: 503, body: { detail: expect.stringContaining('recorded') } });
  expect((await person.get('/session')).status).toBe(200);
  expect(await person.get('/alerts')).toMatchObject({ status: 503, body: { status: 503 } });
  await waitFor(async () => (await fetch(`${alone.url}/readyz`)).status === 503);
  expect((await fetch(`${alone.url}/healthz`)).status).toBe(200);
  const down = await screen.next('tick', ({ db }) => !db.up);
  expect(down.db.downSince).toBeLessThanOrEqual(down.at);
  // A second window of somebody who was here before still opens, with the last recorded board.
  const late = await person.live();
  late.send({ type: 'resume', feedEpoch: null, last: 0 });
  expect((await late.next('snapshot')).alerts.some((shown) => shown.id === id)).toBe(true);

  link.mend();
  await waitFor(async () => (await person.post(`/alerts/${id}/accept`)).status === 200);
  await screen.next('alert', (frame) => frame.alert.id === id && frame.alert.owner?.id === person.id);
  expect(screen.closed).toBeNull();
});

test('an api that starts without a database and broker stays up and becomes ready when they come', async () => {
  const link = await cuttableLink(database.url);
  link.cut();
  const { startApi } = await import('../../api/api.ts');
  const { readApiConfig } = await import('../../api/config.ts');
  const { pino } = await import('pino');
  const alone = await startApi(
    readApiConfig({ DATABASE_URL: link.url, MQTT_URL: broker.url, DATA_DIR: broker.dataDir, PORT: '0' }),
    { log: pino({ level: 'silent' }) },
  );
  try {
    expect((await fetch(`${alone.url}/readyz`)).status).toBe(503);
    expect((await fetch(`${alone.url}/healthz`)).status).toBe(200);
    link.mend();
    await waitFor(async () => (await fetch(`${alone.url}/readyz`)).status === 200);
  } finally {
    await alone.close();
  }
});

test('pages neither skip nor repeat while new alerts arrive, whatever the sizes and times', async () => {
  const pump = 'PAGES-1';
  await database.pool.query("insert into pump (pump_id, shard, model, serial) values ($1, 0, 'x', 'y')", [pump]);
  const minute = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString();
  await fc.assert(
    fc.asyncProperty(
      // Few minutes for many alerts: ties are the rule.
      fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 1, maxLength: 25 }),
      fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 10 }),
      fc.integer({ min: 1, max: 7 }),
      async (first, meanwhile, limit) => {
        await database.pool.query('delete from alert where pump_id = $1', [pump]);
        const before = await Promise.all(
          first.map((n) => addAlert(database.pool, { pump, audience: 'technician', raisedAt: minute(n) })),
        );
        const arriving = [...meanwhile];
        const seen: { id: string; raisedAt: string }[] = [];
        let cursor: string | null = null;
        do {
          const query: string = `/alerts?pump=${pump}&limit=${limit}${cursor === null ? '' : `&cursor=${cursor}`}`;
          const answer = shape(page(alert), await nurse.get(query));
          seen.push(...answer.items);
          cursor = answer.next;
          const next = arriving.shift();
          if (next !== undefined) {
            await addAlert(database.pool, { pump, audience: 'technician', raisedAt: minute(next) });
          }
        } while (cursor !== null);
        const ids = seen.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids).toEqual(expect.arrayContaining(before));
        const order = seen.map(({ raisedAt, id }) => `${raisedAt} ${id}`);
        expect(order).toEqual([...order].sort().reverse());
      },
    ),
    { numRuns: 25 },
  );
});

test('alerts are found by pump, priority, condition, state and time', async () => {
  const pump = 'FILTER-1';
  await database.pool.query("insert into pump (pump_id, shard, model, serial) values ($1, 0, 'x', 'y')", [pump]);
  const high = await addAlert(database.pool, { pump, priority: 'high', raisedAt: '2026-01-01T00:00:00Z' });
  const low = await addAlert(database.pool, { pump, priority: 'low', raisedAt: '2026-01-02T00:00:00Z' });
  const ended = await addAlert(database.pool, {
    pump,
    condition: 'ended',
    endedAgoS: 1,
    raisedAt: '2026-01-03T00:00:00Z',
  });
  await nurse.post(`/alerts/${low}/accept`);
  const find = async (query: string) =>
    shape(page(alert), await nurse.get(`/alerts?pump=${pump}&${query}`)).items.map(({ id }) => id);
  expect(await find('')).toEqual([ended, low, high]);
  expect(await find('priority=high')).toEqual([high]);
  expect(await find('priority=high,low')).toEqual([low, high]);
  expect(await find('condition=active')).toEqual([low, high]);
  expect(await find('state=ended')).toEqual([ended]);
  expect(await find('state=accepted')).toEqual([low]);
  expect(await find('responsibility=unassigned')).toEqual([ended, high]);
  expect(await find('from=2026-01-02T00:00:00Z&to=2026-01-03T00:00:00Z')).toEqual([low]);
  expect(await find('from=2026-01-02T01:00:00%2B01:00')).toEqual([ended, low]);
});
