import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { addPerson, Person } from '../support/api.ts';
import { provisionPump } from '../support/broker.ts';
import { HandPump } from '../support/ingest.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { waitFor } from '../support/wait-for.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

const provisioned = z.object({
  topicPrefix: z.string(),
  credential: z.object({ username: z.string(), token: z.string() }),
});
const alertHops = z.object({
  id: z.string(),
  condition: z.string(),
  responsibility: z.string(),
  owner: z.unknown(),
  hops: z.object({ pumpAt: z.string(), brokerAt: z.string(), receivedAt: z.string(), committedAt: z.string() }),
});

async function signedIn(role: 'clinician' | 'technician'): Promise<Person> {
  return Person.signIn(stack.api, await addPerson(stack.database.pool, role));
}

test('a pump provisioned over HTTP publishes over MQTT, and its sample is on its page', async () => {
  const technician = await signedIn('technician');
  const made = await technician.post('/pumps', { id: 'STACK-1', model: 'CADD', serial: 'S-1' });
  expect(made.status).toBe(201);
  const { topicPrefix, credential } = provisioned.parse(made.body);
  const account = { id: credential.username, token: credential.token, prefix: topicPrefix, credentialId: '' };
  const pump = await HandPump.connect(stack.broker, account);
  await pump.send('telemetry', [pump.sample({ rateMlPerH: 7.5 })]);
  expect((await pump.acknowledged()).missing).toEqual([]);
  const page = await waitFor(
    async () => {
      const { body } = await technician.get('/pumps/STACK-1');
      const shown = z.object({ presence: z.string(), rateMlPerH: z.number().nullable() }).parse(body);
      return shown.presence === 'online' ? shown : null;
    },
    { what: 'the pump online' },
  );
  expect(page.rateMlPerH).toBe(7.5);
});

test('an alarm is on every board within a second of its publication, and who accepts it first has it', async () => {
  const [one, other] = [await signedIn('clinician'), await signedIn('clinician')];
  const [board, otherBoard] = [await one.live(), await other.live()];
  for (const screen of [board, otherBoard]) {
    await screen.next('hello');
    screen.send({ type: 'resume', feedEpoch: null, last: 0 });
    await screen.next('snapshot');
  }
  const pump = await HandPump.connect(stack.broker, await provisionPump(stack.database.pool, 'STACK-2'));
  await pump.send('telemetry', [pump.sample()]);
  await pump.acknowledged();

  const publishedAt = Date.now();
  const alarm = { kind: 'alarm', alarm: 1, code: 'MDC_EVT_PUMP_FLOW_FREE', phase: 'start', infusion: 1 };
  await pump.send('alarm', [pump.record(alarm)]);
  const { alert } = await board.next('alert', (frame) => frame.alert.pump === 'STACK-2');
  expect(Date.now() - publishedAt).toBeLessThan(1_000);
  expect(alert).toMatchObject({ type: 'MDC_EVT_PUMP_FLOW_FREE', priority: 'high', condition: 'active' });
  await otherBoard.next('alert', (frame) => frame.alert.id === alert.id);

  const answers = await Promise.all([one, other].map((person) => person.post(`/alerts/${alert.id}/accept`, {})));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  for (const screen of [board, otherBoard]) {
    await screen.next('alert', (frame) => frame.alert.id === alert.id && frame.alert.responsibility === 'accepted');
  }
  const stored = alertHops.parse((await one.get(`/alerts/${alert.id}`)).body);
  const { pumpAt, brokerAt, receivedAt, committedAt } = stored.hops;
  expect([pumpAt, brokerAt, receivedAt, committedAt].sort()).toEqual([pumpAt, brokerAt, receivedAt, committedAt]);
});
