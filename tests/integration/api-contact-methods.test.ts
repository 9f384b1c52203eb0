import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { alertDetail } from '#schemas/http/alert.ts';
import { contactMethod, contactMethodPage, pushKey, queued, reachablePage } from '#schemas/http/contact-methods.ts';
import { notificationPage, pushMessage } from '#schemas/http/notification.ts';
import type { Api } from '../../api/api.ts';
import { addPerson, apiForThisTest, Person, shape } from '../support/api.ts';
import { type TestBroker, testBroker } from '../support/broker.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { outboxRow, putIntoOutbox } from '../support/notify.ts';
import { pushServiceForThisTest } from '../support/push-service.ts';
import { smtpServerForThisTest } from '../support/smtp-server.ts';
import { type Asked, type TelephoneGateway, telephoneGatewayForThisTest } from '../support/telephone-gateway.ts';
import { waitFor } from '../support/wait-for.ts';

let database: TestDatabase;
let broker: TestBroker;
beforeAll(async () => {
  database = await testDatabase();
  broker = await testBroker(database.url);
});
afterAll(async () => {
  await broker?.close();
  await database?.close();
});

const person = async (api: Api, role: Parameters<typeof addPerson>[1] = 'clinician') =>
  Person.signIn(api, await addPerson(database.pool, role));

async function add(who: Person, body: object) {
  return shape(contactMethod, await who.post('/contact-methods', body));
}
async function own(who: Person) {
  return shape(contactMethodPage, await who.get('/contact-methods')).items;
}
async function tested(who: Person, id: string) {
  return shape(queued, await who.post(`/contact-methods/${id}/test`)).notification;
}

/** An alert that is open and nobody has. */
async function openAlert(): Promise<string> {
  const { rows } = await database.pool.query<{ id: string }>(
    `insert into alert (alert_id, type, audience, priority, condition, responsibility, raised_at, received_at, committed_at, message, late)
     values (gen_random_uuid(), 'silent-pump', 'clinical', 'high', 'active', 'unassigned', now(), now(), now(), 'Silent', false)
     returning alert_id as id`,
  );
  return rows[0]?.id ?? '';
}

test('a test by push is answered by one tap of the person whom it was sent to, and of nobody else', async () => {
  const service = await pushServiceForThisTest();
  const api = await apiForThisTest(broker, database.url, { OUTBOUND_ALLOW: 'loopback' });
  const [nurse, other] = [await person(api), await person(api)];
  expect(shape(pushKey, await nurse.get('/push/key')).channels).toEqual(['web-push']);
  const phone = service.device();
  const method = await add(nurse, { channel: 'web-push', label: 'my phone', subscription: phone.subscription });
  expect(method).toMatchObject({
    label: 'my phone',
    dead: false,
    lastAnsweredAt: null,
    to: new URL(service.origin).host,
  });
  await tested(nurse, method.id);
  const pushed = await waitFor(() => phone.pushes[0], { what: 'the test' });
  const { path, kind } = pushMessage.parse(pushed.message);
  expect(kind).toBe('test');
  const delivery = /^\/reach\/answer\/([\w-]{36})$/.exec(path)?.[1];
  await waitFor(async () => (await own(nurse))[0]?.testSentAt, { what: 'the test to be shown as sent' });

  expect((await other.post('/contact-methods/answers', { delivery })).status).toBe(404);
  const answer = await nurse.post('/contact-methods/answers', { delivery });
  expect(answer).toMatchObject({ status: 200, body: { method: method.id, label: 'my phone' } });
  expect((await own(nurse))[0]).toMatchObject({
    testSentAt: null,
    lastAnsweredAt: expect.any(String),
    failingSince: null,
  });

  // Whoever signs in on the same device takes it over.
  const theirs = await add(other, { channel: 'web-push', subscription: phone.subscription });
  expect(theirs.id).not.toBe(method.id);
  expect(await own(nurse)).toEqual([]);
  const again = await other.post('/contact-methods', { channel: 'web-push', subscription: phone.subscription });
  expect(again).toMatchObject({ status: 200, body: { id: theirs.id } });
});

test('a call rings, says what it is, and a signed key press of 1 answers a test', async () => {
  const gateway = await telephoneGatewayForThisTest();
  const api = await apiForThisTest(broker, database.url, gateway.env);
  const nurse = await person(api);
  const method = await add(nurse, { channel: 'voice', number: '+46 70-123 45 67' });
  expect(method.to).toBe('+46701234567');
  await tested(nurse, method.id);
  const call = await askedFor(gateway, 'test:');
  const { digits, status } = addressesIn(call);

  const stranger = await gateway.post(digits, { Digits: '1', CallSid: call.sid }, 'not the token');
  expect(stranger.status).toBe(403);
  const unsigned = await fetch(digits, { method: 'POST', body: new URLSearchParams({ Digits: '1' }) });
  expect(unsigned.status).toBe(403);
  expect((await own(nurse))[0]?.lastAnsweredAt).toBeNull();

  const wrong = await gateway.post(digits, { Digits: '5', CallSid: call.sid });
  expect(wrong.text).toContain('Press 1 to answer the test.');
  expect((await own(nurse))[0]?.lastAnsweredAt).toBeNull();
  const right = await gateway.post(digits, { Digits: '1', CallSid: call.sid });
  expect(right).toMatchObject({ status: 200, text: expect.stringContaining('The test is answered.') });
  expect((await own(nurse))[0]?.lastAnsweredAt).not.toBeNull();
  expect((await gateway.post(status, { CallStatus: 'completed', CallSid: call.sid })).status).toBe(204);
});

test('pressing 1 in a call for an alert is seen by that person and never an acceptance', async () => {
  const gateway = await telephoneGatewayForThisTest();
  const api = await apiForThisTest(broker, database.url, gateway.env);
  const nurse = await person(api);
  await add(nurse, { channel: 'voice', number: '+46701234567' });
  const alert = await openAlert();
  const sent = await putIntoOutbox(database.pool, { channel: 'voice', user: nurse.id, alert });
  const call = await askedFor(gateway, sent.key);
  expect(call).toMatchObject({ fields: { Twiml: expect.stringContaining('does not take it for you') } });
  await gateway.post(addressesIn(call).digits, { Digits: '1', CallSid: call.sid });
  const shown = shape(alertDetail, await nurse.get(`/alerts/${alert}`));
  // Escalation may have offered it meanwhile; nobody has it.
  expect(shown.responsibility).not.toBe('accepted');
  expect(shown).toMatchObject({ owner: null, hops: { seenAt: expect.any(String), acceptedAt: null } });
  expect(shown.actions.filter(({ by }) => by !== null)).toMatchObject([{ action: 'seen', by: { id: nurse.id } }]);
  expect(shown.notifications.filter(({ answeredAt }) => answeredAt !== null)).toMatchObject([
    { step: 1, channel: 'voice', to: nurse.name, state: 'delivered', error: null },
  ]);
  expect(JSON.stringify(shown.notifications)).not.toContain('46701234567');
});

test('a call that nobody takes is not delivered; a number that does not exist makes the method fail', async () => {
  const gateway = await telephoneGatewayForThisTest();
  const api = await apiForThisTest(broker, database.url, gateway.env);
  const [nurse, admin] = [await person(api), await person(api, 'admin')];
  const method = await add(nurse, { channel: 'voice', number: '+46701234567' });
  const first = await putIntoOutbox(database.pool, { channel: 'voice', user: nurse.id });
  const call = await askedFor(gateway, first.key);
  await waitFor(async () => (await outboxRow(database.pool, first.id)).state === 'sent', {
    what: 'the call to be recorded',
  });
  await gateway.post(addressesIn(call).status, { CallStatus: 'no-answer', CallSid: call.sid });
  expect(await outboxRow(database.pool, first.id)).toMatchObject({
    state: 'failed',
    last_error: 'nobody answered the call',
  });
  expect((await own(nurse))[0]?.failingSince).toBeNull();

  await tested(nurse, method.id);
  const second = await askedFor(gateway, 'test:');
  await gateway.post(addressesIn(second).status, { CallStatus: 'failed', CallSid: second.sid });
  expect((await own(nurse))[0]).toMatchObject({
    failure: 'this number can’t be reached',
    failingSince: expect.any(String),
  });
  const everybody = shape(reachablePage, await admin.get('/reachability?limit=200')).items;
  const [theirs] = everybody.find(({ user }) => user.id === nurse.id)?.methods ?? [];
  expect(theirs).toMatchObject({ to: '…67', failure: 'this number can’t be reached' });

  const letters = shape(notificationPage, await admin.get('/notifications?state=failed&channel=voice')).items;
  expect(letters.map(({ id }) => id)).toContain(first.id);
  expect((await admin.post(`/notifications/${first.id}/retry`)).status).toBe(200);
  await askedFor(gateway, first.key, 2);
});

test('a text message is answered by its code, sent from the same number', async () => {
  const gateway = await telephoneGatewayForThisTest();
  const api = await apiForThisTest(broker, database.url, gateway.env);
  const nurse = await person(api);
  const method = await add(nurse, { channel: 'sms', number: '+46701234567' });
  await tested(nurse, method.id);
  const message = await askedFor(gateway, 'test:');
  const code = /Reply (\d{6}) to answer/.exec(message.fields.Body ?? '')?.[1] ?? '';
  const inbound = `${api.url}/api/v1/telephone/messages/inbound`;
  const send = (From: string, Body: string, token?: string) => gateway.post(inbound, { From, Body }, token);
  expect((await send('+46701234567', code, 'not the token')).status).toBe(403);
  expect((await send('+46700000000', code)).status).toBe(200);
  expect((await send('+46701234567', String((Number(code) + 1) % 1_000_000).padStart(6, '0'))).status).toBe(200);
  expect((await send('+46701234567', 'who is this?')).status).toBe(200);
  expect((await own(nurse))[0]?.lastAnsweredAt).toBeNull();
  expect((await send('+46701234567', ` ${code}. Thanks`)).status).toBe(200);
  expect((await own(nurse))[0]?.lastAnsweredAt).not.toBeNull();
});

test('what can’t be an address is refused in words, and one’s own methods are nobody else’s', async () => {
  const mailbox = await smtpServerForThisTest();
  const api = await apiForThisTest(broker, database.url, { SMTP_URL: mailbox.url });
  const [nurse, other, admin] = [await person(api), await person(api), await person(api, 'admin')];
  const keys = (await pushServiceForThisTest()).device().subscription.keys;
  const refusals: [object, string][] = [
    [{ channel: 'web-push', subscription: { endpoint: 'http://127.0.0.1:1/x', keys } }, 'a URL of a public address'],
    [{ channel: 'web-push', subscription: { endpoint: 'https://10.0.0.1/x', keys } }, 'a URL of a public address'],
    [{ channel: 'web-push', subscription: { endpoint: 'http://push.example.org/x', keys } }, 'https://'],
    [
      { channel: 'web-push', subscription: { endpoint: 'https://push.example.org/x', keys: { ...keys, auth: 'x' } } },
      '16 bytes',
    ],
    [
      {
        channel: 'web-push',
        subscription: {
          endpoint: 'https://push.example.org/x',
          keys: { ...keys, p256dh: Buffer.alloc(65, 4).toString('base64url') },
        },
      },
      'subscription.keys.p256dh: expected a point of the curve P-256',
    ],
    [{ channel: 'e-mail', address: 'nobody' }, 'an e-mail address'],
    [{ channel: 'e-mail', address: 'a@b.org\r\nBcc: c@d.org' }, 'an e-mail address'],
    [{ channel: 'sms', number: '070 123 45 67' }, 'country code'],
    [{ channel: 'fax', number: '+46701234567' }, 'channel'],
  ];
  for (const [body, words] of refusals) {
    const answer = await nurse.post('/contact-methods', body);
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([400, expect.stringContaining(words)]);
  }
  const mail = await add(nurse, { channel: 'e-mail', address: 'Nurse@Example.test' });
  expect(mail.to).toBe('nurse@example.test');
  expect((await other.ask('DELETE', `/contact-methods/${mail.id}`)).status).toBe(404);
  expect((await other.post(`/contact-methods/${mail.id}/test`)).status).toBe(404);
  expect((await admin.post(`/contact-methods/${mail.id}/test`)).status).toBe(202);
  await waitFor(() => mailbox.mails[0], { what: 'the test by mail' });
  for (let more = 0; more < 4; more += 1) await tested(nurse, mail.id);
  expect((await nurse.post(`/contact-methods/${mail.id}/test`)).status).toBe(429);
  expect((await nurse.ask('DELETE', `/contact-methods/${mail.id}`)).status).toBe(204);
  expect(await own(nurse)).toEqual([]);
  const audit = await database.pool.query(`select action from audit where subject = $1 order by audit_id`, [mail.id]);
  expect(audit.rows.map(({ action }) => action)).toEqual(
    ['add', ...Array.from({ length: 5 }, () => 'test'), 'remove'].map((word) => `contact-method.${word}`),
  );
});

/** What the gateway was asked under a key that begins so: escalation may ring as well. */
const askedFor = (gateway: TelephoneGateway, key: string, times = 1) =>
  waitFor(() => gateway.asked.filter((asked) => asked.key.startsWith(key))[times - 1], {
    what: `request ${times} of ${key}`,
  });

/** Where a call of ours asks to be told. */
function addressesIn({ fields }: Asked): { digits: string; status: string } {
  const digits = /action="([^"]+)"/.exec(fields.Twiml ?? '')?.[1] ?? '';
  return { digits: z.url().parse(digits), status: z.url().parse(fields.StatusCallback) };
}
