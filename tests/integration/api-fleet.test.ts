import { afterAll, beforeAll, expect, test } from 'vitest';
import { commandSent, issuedCredential, pumpDetail } from '#schemas/http/administration.ts';
import { page, provisioned, pump } from '#schemas/http/shapes.ts';
import type { Api } from '../../api/api.ts';
import { addPerson, Person, shape, testApi } from '../support/api.ts';
import { addPumps } from '../support/board.ts';
import { collect, connectAs, type TestBroker, testBroker, untilClosed } from '../support/broker.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { waitFor } from '../support/wait-for.ts';

let database: TestDatabase;
let broker: TestBroker;
let api: Api;
let technician: Person;

beforeAll(async () => {
  database = await testDatabase();
  broker = await testBroker(database.url);
  api = await testApi(broker, database.url);
  technician = await Person.signIn(api, await addPerson(database.pool, 'technician'));
});
afterAll(async () => {
  await api?.close();
  await broker?.close();
  await database?.close();
});

const provision = async (id?: string) => {
  const request = { ...(id && { id }), model: 'CADD-Solis', serial: 'S1' };
  return shape(provisioned, await technician.post('/pumps', request));
};
const account = (made: { credential: { username: string; token: string } }) => ({
  id: made.credential.username,
  token: made.credential.token,
});

test('a provisioned pump connects at once with its token, and the token is stored nowhere', async () => {
  const made = await provision('PUMP-0001');
  expect(made).toMatchObject({
    topicPrefix: 'dw/1/0f/PUMP-0001',
    pump: {
      id: 'PUMP-0001',
      status: 'ready',
      presence: 'never',
      missing: 0,
      lastSampleAt: null,
      completeThrough: null,
    },
    credential: { username: 'PUMP-0001', token: expect.stringMatching(/^[\w-]{43}$/) },
  });
  await connectAs(broker, account(made));
  const { rows } = await database.pool.query("select encode(token_hash, 'escape') as hash from credential");
  expect(JSON.stringify(rows)).not.toContain(made.credential.token);
  const screen = await technician.live();
  screen.send({ type: 'resume', feedEpoch: null, last: 0 });
  await screen.next('snapshot', ({ last }) => last);
  await provision('PUMP-ON-SCREEN');
  await screen.next('pumps', ({ items }) => items.some(({ id }) => id === 'PUMP-ON-SCREEN'));
});

test('an id is made up where none is given; one that is taken is a conflict', async () => {
  const [a, b] = [await provision(), await provision()];
  expect(a.pump.id).not.toBe(b.pump.id);
  expect(await technician.post('/pumps', { id: a.pump.id, model: 'x', serial: 'y' })).toMatchObject({ status: 409 });
});

test('the same Idempotency-Key makes one pump, and a lost answer still ends with a token that works', async () => {
  const headers = { 'idempotency-key': 'order 4711' };
  const request = { model: 'CADD', serial: 'S2' };
  const twice = await Promise.all([1, 2, 3].map(() => technician.post('/pumps', request, headers)));
  const answers = twice.map((answer) => shape(provisioned, answer));
  expect(new Set(answers.map((made) => made.pump.id)).size).toBe(1);
  const last = shape(provisioned, await technician.post('/pumps', request, headers));
  expect(last.pump.id).toBe(answers[0]?.pump.id);
  await connectAs(broker, account(last));
  await expect(connectAs(broker, account(answers[0] ?? last))).rejects.toThrow();
  const other = await technician.post('/pumps', { model: 'CADD', serial: 'S3' }, headers);
  expect(other).toMatchObject({ status: 422 });
});

test('an old token works until its successor has connected', async () => {
  const made = await provision('PUMP-ROTATE');
  const first = await connectAs(broker, account(made));
  await waitFor(async () => {
    const { rows } = await database.pool.query(
      "select 1 from credential where pump_id = 'PUMP-ROTATE' and first_used_at is not null",
    );
    return rows.length === 1;
  });
  const next = shape(issuedCredential, await technician.post('/pumps/PUMP-ROTATE/credentials'));
  await first.endAsync();
  await (await connectAs(broker, account(made))).endAsync();
  await (await connectAs(broker, account(next))).endAsync();
  await waitFor(async () =>
    connectAs(broker, account(made)).then(
      () => false,
      () => true,
    ),
  );
});

test('retiring a pump cuts its link and refuses its token', async () => {
  const made = await provision('PUMP-RETIRE');
  const link = await connectAs(broker, account(made));
  const closed = untilClosed(link);
  const retired = shape(pump, await technician.post('/pumps/PUMP-RETIRE/retire'));
  expect(retired.status).toBe('retired');
  await closed;
  await expect(connectAs(broker, account(made))).rejects.toThrow();
  expect(await technician.post('/pumps/PUMP-RETIRE/credentials')).toMatchObject({ status: 409 });
  expect(await technician.post('/pumps/PUMP-RETIRE/commands', { cmd: 'hello' })).toMatchObject({ status: 409 });
});

test('a status that a person set stands, and null gives it back to the pump', async () => {
  await provision('PUMP-STATUS');
  const set = shape(pump, await technician.ask('PATCH', '/pumps/PUMP-STATUS', { status: 'dirty', serial: 'S9' }));
  expect(set).toMatchObject({ status: 'dirty', serial: 'S9' });
  const back = shape(pump, await technician.ask('PATCH', '/pumps/PUMP-STATUS', { status: null }));
  expect(back).toMatchObject({ status: 'ready', serial: 'S9' });
  expect(shape(pumpDetail, await technician.get('/pumps/PUMP-STATUS'))).toMatchObject({ journals: [], events: [] });
});

test('hello, time and backfill reach the pump; a backfill of nothing is refused', async () => {
  const made = await provision('PUMP-CMD');
  const link = await connectAs(broker, account(made));
  const heard = collect(link);
  await link.subscribeAsync(`${made.topicPrefix}/down/cmd`, { qos: 1 });
  expect(await technician.post('/pumps/PUMP-CMD/commands', { cmd: 'backfill' })).toMatchObject({ status: 409 });
  await database.pool.query(
    `insert into journal (pump_id, epoch, epoch_no, up_to, above, highest, clock)
     values ('PUMP-CMD', '00000000000000aa', 1, 10, '[[13, 15], [18, 18]]', 20, '{}')`,
  );
  const sent = [
    shape(commandSent, await technician.post('/pumps/PUMP-CMD/commands', { cmd: 'hello' })),
    shape(commandSent, await technician.post('/pumps/PUMP-CMD/commands', { cmd: 'time' })),
    shape(commandSent, await technician.post('/pumps/PUMP-CMD/commands', { cmd: 'backfill' })),
  ];
  await waitFor(() => heard.length === 3);
  expect(heard.map(({ payload }) => JSON.parse(payload.toString()))).toEqual(sent);
  expect(sent[2]?.args).toEqual({
    epoch: '00000000000000aa',
    ranges: [
      [11, 12],
      [16, 17],
      [19, 20],
    ],
  });
  expect(shape(pumpDetail, await technician.get('/pumps/PUMP-CMD')).missing).toBe(6);
  const { rows } = await database.pool.query("select detail ->> 'cmd' as cmd from audit where action = 'pump.command'");
  expect(rows.map(({ cmd }) => cmd)).toEqual(['hello', 'time', 'backfill']);
});

test('the fleet is found by text, status and presence, in every order, page by page', async () => {
  await addPumps(database.pool, 'WARD', 25);
  await database.pool.query(
    `insert into pump_state (pump_id, epoch_no, seq, state, battery_pct, last_contact_at, silent_since, rules)
     select pump_id, 1, 1, case when pump_id < 'WARD-0010' then 'delivering' else 'stopped' end,
            (hashtext(pump_id) & 63), now() - make_interval(secs => hashtext(pump_id) & 255),
            case when pump_id < 'WARD-0004' then now() end, '{}'
       from pump where pump_id like 'WARD-%' and pump_id < 'WARD-0021'`,
  );
  const list = async (query: string) => {
    const found = [];
    let cursor = '';
    do {
      const answer = shape(page(pump), await technician.get(`/pumps?limit=4&q=ward-&${query}${cursor}`));
      found.push(...answer.items);
      cursor = answer.next === null ? '' : `&cursor=${answer.next}`;
    } while (cursor !== '');
    return found;
  };
  for (const sort of ['newest', 'id', 'battery', 'contact']) {
    const ids = (await list(`sort=${sort}`)).map(({ id }) => id);
    expect(new Set(ids).size, sort).toBe(25);
    expect(ids, sort).toHaveLength(25);
  }
  const byBattery = (await list('sort=battery')).map(({ batteryPct }) => batteryPct ?? 1000);
  expect(byBattery).toEqual([...byBattery].sort((a, b) => a - b));
  expect(await list('presence=silent')).toHaveLength(3);
  expect(await list('presence=never')).toHaveLength(5);
  expect(await list('presence=online')).toHaveLength(17);
  expect(await list('status=at-patient&state=delivering')).toHaveLength(9);
  expect((await list('sort=id')).map(({ id }) => id)[0]).toBe('WARD-0001');
  expect(shape(page(pump), await technician.get('/pumps?q=%25')).items).toEqual([]);
});
