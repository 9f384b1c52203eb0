import { expect, test } from 'vitest';
import { addPerson, apiForThisTest, Person } from '../support/api.ts';
import { addPumps } from '../support/board.ts';
import { brokerForThisTest } from '../support/broker.ts';
import { databaseForThisTest } from '../support/database.ts';
import { addMethod, putOnCall } from '../support/on-call.ts';
import { waitFor } from '../support/wait-for.ts';

test('nobody watches and nobody on call can be reached: one alert of each for the technical on-call, until somebody can', async () => {
  const { url, pool } = await databaseForThisTest();
  const broker = await brokerForThisTest(url);
  await addPumps(pool, 'BED', 1);
  // Two processes see the same; their clocks are put forward instead of waiting for a quarter of an hour.
  let aheadMs = 0;
  const now = () => Date.now() + aheadMs;
  const apis = await Promise.all([1, 2].map(() => apiForThisTest(broker, url, {}, now)));
  const signIn = async (role: 'clinician' | 'technician') =>
    Person.signIn(apis[0] ?? never(), await addPerson(pool, role));
  const [nurse, technician] = [await signIn('clinician'), await signIn('technician')];
  await putOnCall(pool, 'clinical', nurse.id);
  await putOnCall(pool, 'technical', technician.id);
  // Their open screen would do, but counts at the clock put forward only once it has been written down anew.
  await addMethod(pool, technician.id, 'sms');
  const screen = await technician.live();
  screen.send({ type: 'resume', feedEpoch: null, last: 0 });
  await screen.next('snapshot');
  const types = ['nobody-watching', 'on-call-unreachable'];
  const active = async () =>
    (
      await pool.query<{ type: string; asked: string[] }>(
        `select a.type, array_agg(distinct who) filter (where who is not null) as asked
           from alert a left join escalation_step s on s.alert_id = a.alert_id and s.state = 'done'
           left join lateral unnest(s.asked) as who on true
          where a.condition = 'active' and a.audience = 'technical-on-call' and a.type = any ($1) group by a.alert_id order by a.type`,
        [types],
      )
    ).rows;
  expect(await active()).toEqual([]);

  aheadMs = 20 * 60_000;
  await waitFor(async () => (await active()).filter(({ asked }) => asked?.includes(technician.id)).length === 2, {
    what: 'the technical on-call to be asked for both',
  });
  expect((await active()).map(({ type }) => type)).toEqual(types);
  const told = await screen.next('alert', ({ alert }) => alert.type === 'on-call-unreachable');
  expect(told.alert).toMatchObject({ priority: 'high', audience: 'technical-on-call', pump: null });
  expect(told.alert.detail).toMatchObject({ shifts: [{ schedule: 'clinical', user: nurse.id }] });

  await addMethod(pool, nurse.id, 'sms');
  await waitFor(async () => (await active()).length === 0, { what: 'both to end' });
  const { rows } = await pool.query<{ n: number }>('select count(*)::int as n from alert where type = any ($1)', [
    types,
  ]);
  expect(rows).toEqual([{ n: 2 }]);
}, 60_000);

const never = (): never => {
  throw new Error('no such api');
};
