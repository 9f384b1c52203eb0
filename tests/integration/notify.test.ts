import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import { channels, pushMessage } from '#schemas/http/notification.ts';
import { shortKeyOf } from '../../api/notify/message.ts';
import { queueShiftTests } from '../../api/notify/shift-tests.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { outboxRow, putIntoOutbox, reachablePerson, senderForThisTest, testPublicUrl } from '../support/notify.ts';
import { startProcess } from '../support/processes.ts';
import { pushServiceForThisTest, vapidClaims } from '../support/push-service.ts';
import { smtpServerForThisTest } from '../support/smtp-server.ts';
import { telephoneGatewayForThisTest } from '../support/telephone-gateway.ts';
import { waitFor } from '../support/wait-for.ts';
import { webhookReceiver } from '../support/webhook-receiver.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.close());

const row = (id: string) => outboxRow(database.pool, id);
const settled = (id: string, state: string) =>
  waitFor(async () => (await row(id)).state === state, { what: `notification ${id} to be ${state}` });

async function methodRow(id: string) {
  const { rows } = await database.pool.query('select * from contact_method where contact_method_id = $1', [id]);
  return rows[0];
}

test('a push arrives at its push service, decrypts there, and says who sent it', async () => {
  const service = await pushServiceForThisTest();
  const [phone, tablet] = [service.device(), service.device()];
  const sender = await senderForThisTest(database.url, {});
  const { user, methods } = await reachablePerson(database.pool, [
    ['web-push', phone.subscription],
    ['web-push', tablet.subscription],
  ]);
  const { id, key, alert } = await putIntoOutbox(database.pool, { channel: 'web-push', user });
  sender.hint();
  await settled(id, 'sent');
  for (const { pushes } of [phone, tablet]) {
    expect(pushes).toHaveLength(1);
    const message = pushMessage.parse(pushes[0]?.message);
    expect(message).toEqual({
      kind: 'alert',
      priority: 'high',
      alert,
      count: 1,
      title: '▲ HIGH alert',
      text: 'A pump is silent. Open it to see where and to take it.',
      path: `/?alert=${alert}`,
    });
    const headers = pushes[0]?.headers ?? {};
    expect(headers).toMatchObject({
      ttl: '3600',
      urgency: 'high',
      topic: shortKeyOf(key),
      'content-encoding': 'aes128gcm',
    });
    const { claims, publicKey } = vapidClaims(headers.authorization);
    expect(publicKey).toBe(sender.vapid().publicKey);
    expect(claims.aud).toBe(service.origin);
    expect(claims.sub).toMatch(/^(mailto|https):/);
    const seconds = Date.now() / 1000;
    // [RFC 8292, 2]: at most 24 h ahead.
    expect(claims.exp).toBeGreaterThan(seconds);
    expect(claims.exp).toBeLessThanOrEqual(seconds + 24 * 3600);
  }
  expect(await methodRow(methods[0] ?? '')).toMatchObject({ last_delivered_at: expect.any(Date), failing_since: null });
});

test('one device that is gone is marked dead and never tried again; the other is reached all the same', async () => {
  const service = await pushServiceForThisTest();
  const phone = service.device();
  const sender = await senderForThisTest(database.url, {});
  const gone = { ...phone.subscription, endpoint: `${service.origin}/push/unknown` };
  const { user, methods } = await reachablePerson(database.pool, [
    ['web-push', gone],
    ['web-push', phone.subscription],
  ]);
  const first = await putIntoOutbox(database.pool, { channel: 'web-push', user });
  sender.hint();
  await settled(first.id, 'sent');
  const dead = await methodRow(methods[0] ?? '');
  expect(dead).toMatchObject({ failure: expect.stringContaining('add it again'), address: {} });
  expect(dead.gone_at).toBeInstanceOf(Date);
  expect(dead.failing_since).toBeInstanceOf(Date);
  const second = await putIntoOutbox(database.pool, { channel: 'web-push', user });
  sender.hint();
  await settled(second.id, 'sent');
  expect(phone.pushes).toHaveLength(2);
  expect(service.asked()).toBe(3);
});

test('a push service that fails is asked again under the same key, and only by whom it failed', async () => {
  const [good, bad] = [await pushServiceForThisTest(), await pushServiceForThisTest()];
  const [phone, tablet] = [good.device(), bad.device()];
  bad.answer(503, 2);
  const sender = await senderForThisTest(database.url, {});
  const { user } = await reachablePerson(database.pool, [
    ['web-push', phone.subscription],
    ['web-push', tablet.subscription],
  ]);
  const { id, key } = await putIntoOutbox(database.pool, { channel: 'web-push', user });
  sender.hint();
  await settled(id, 'sent');
  expect([phone.pushes.length, tablet.pushes.length, bad.asked()]).toEqual([1, 1, 3]);
  expect(tablet.pushes[0]?.headers.topic).toBe(shortKeyOf(key));
  expect(await row(id)).toMatchObject({ attempts: 3, last_error: null });
});

test('a mail comes to a real mail server once, under one Message-ID, after refusals too', async () => {
  const mailbox = await smtpServerForThisTest();
  mailbox.refuse(2);
  const sender = await senderForThisTest(database.url, { SMTP_URL: mailbox.url, SMTP_FROM: 'alerts@dripwatch.test' });
  const { user } = await reachablePerson(database.pool, [['e-mail', { address: 'nurse@example.test' }]]);
  const { id, key, alert } = await putIntoOutbox(database.pool, { channel: 'e-mail', user });
  sender.hint();
  await settled(id, 'sent');
  expect(mailbox.mails).toHaveLength(1);
  const [mail] = mailbox.mails;
  expect(mail).toMatchObject({ from: 'alerts@dripwatch.test', to: ['nurse@example.test'] });
  expect(mail?.content).toContain(`Message-ID: <${shortKeyOf(key)}@dripwatch.invalid>`);
  expect(mail?.content).toContain(`X-Dripwatch-Key: ${key}`);
  expect(mail?.content.replace(/=\n/g, '').replace(/=3D/g, '=')).toContain(`${testPublicUrl}/?alert=${alert}`);
  expect(mail?.content).toContain('Content-Type: text/plain');
});

const hook = z.object({
  type: z.string(),
  timestamp: z.string(),
  data: z.object({
    kind: z.string(),
    type: z.string().nullable(),
    alert: z.string(),
    title: z.string(),
    url: z.string(),
  }),
});

test('a webhook is signed, tried again under one id, and given up into a dead letter with its reason', async () => {
  const receiver = await webhookReceiver(hook);
  const env = { WEBHOOK_URL: receiver.url, WEBHOOK_SECRET: receiver.secret };
  const sender = await senderForThisTest(database.url, env, { firstMs: 5, longestMs: 10, givenUpMs: 1_500 });
  receiver.refuse(2);
  const first = await putIntoOutbox(database.pool, { channel: 'webhook', user: null });
  sender.hint();
  await settled(first.id, 'sent');
  expect(receiver.refused).toEqual([first.key, first.key]);
  expect(receiver.hooks.map(({ id }) => id)).toEqual([first.key]);
  expect(receiver.hooks[0]).toMatchObject({
    type: 'notification.alert',
    data: { type: 'silent-pump', alert: first.alert },
  });

  receiver.refuse(Number.POSITIVE_INFINITY);
  const second = await putIntoOutbox(database.pool, { channel: 'webhook', user: null });
  sender.hint();
  await settled(second.id, 'failed');
  const { last_error, attempts } = await row(second.id);
  expect(last_error).toMatch(/^given up after \d+ attempts: the receiver answered 503$/);
  expect(attempts).toBeGreaterThan(2);
  expect(new Set(receiver.refused.slice(2))).toEqual(new Set([second.key]));
});

test('text messages and calls go to the gateway with words, keys to press and addresses to report to', async () => {
  const gateway = await telephoneGatewayForThisTest();
  const sender = await senderForThisTest(database.url, gateway.env);
  const { user } = await reachablePerson(database.pool, [
    ['sms', { number: '+46701234567' }],
    ['voice', { number: '+46701234568' }],
  ]);
  const sms = await putIntoOutbox(database.pool, { channel: 'sms', user });
  const call = await putIntoOutbox(database.pool, { channel: 'voice', user });
  sender.hint();
  await settled(sms.id, 'sent');
  await settled(call.id, 'sent');
  const message = gateway.asked.find(({ what }) => what === 'Messages');
  expect(message).toMatchObject({
    key: expect.stringContaining(sms.key),
    fields: { To: '+46701234567', From: '+15005550006' },
  });
  expect(message?.fields.Body).toMatch(
    /^Dripwatch: ▲ HIGH alert\. A pump is silent\. .* Reply \d{6} to say that you saw this\. http/,
  );
  const spoken = gateway.asked.find(({ what }) => what === 'Calls');
  expect(spoken).toMatchObject({ key: expect.stringContaining(call.key), fields: { To: '+46701234568' } });
  expect(spoken?.fields.Twiml).toContain('A pump is silent. Press 1 to say that you have heard this.');
  expect(spoken?.fields.Twiml).toMatch(
    /action="http:&#47;|action="http:\/\/127\.0\.0\.1:3999\/api\/v1\/telephone\/calls\/[\w-]+\/digits"/,
  );
  expect((await row(call.id)).provider_id).toBe(spoken?.sid);
});

test('a person’s two telephones both ring: each under a key of its own, which a second try keeps', async () => {
  const gateway = await telephoneGatewayForThisTest();
  const sender = await senderForThisTest(database.url, gateway.env);
  const numbers = ['+46701234567', '+46701234568'];
  const { user } = await reachablePerson(
    database.pool,
    numbers.map((number) => ['voice', { number }] as const),
  );
  gateway.answer(503, 2);
  const call = await putIntoOutbox(database.pool, { channel: 'voice', user });
  sender.hint();
  await settled(call.id, 'sent');
  const keysOf = (number: string) => gateway.asked.filter(({ fields }) => fields.To === number).map(({ key }) => key);
  // A gateway that knows a key answers as it did the first time, whatever number stands beside it.
  expect(numbers.map((number) => new Set(keysOf(number)).size)).toEqual([1, 1]);
  expect(new Set(gateway.asked.map(({ key }) => key)).size).toBe(2);
  for (const { key } of gateway.asked) expect(key.startsWith(`${call.key}:`)).toBe(true);
});

test('a number that the gateway refuses makes the method fail; a gateway in trouble does not', async () => {
  const gateway = await telephoneGatewayForThisTest();
  const sender = await senderForThisTest(database.url, gateway.env);
  const { user, methods } = await reachablePerson(database.pool, [['sms', { number: '+46701234567' }]]);
  gateway.answer(429, 2, 20429);
  const first = await putIntoOutbox(database.pool, { channel: 'sms', user });
  sender.hint();
  await settled(first.id, 'sent');
  expect(await methodRow(methods[0] ?? '')).toMatchObject({ failing_since: null });
  gateway.answer(400, 1, 21211);
  const second = await putIntoOutbox(database.pool, { channel: 'sms', user });
  sender.hint();
  await settled(second.id, 'failed');
  expect((await row(second.id)).last_error).toBe('the telephone gateway refuses this number (400, code 21211)');
  expect((await methodRow(methods[0] ?? '')).failing_since).toBeInstanceOf(Date);
});

test('while one gateway hangs, the other channels and the other push service are served at once', async () => {
  const [hanging, good] = [await pushServiceForThisTest(), await pushServiceForThisTest()];
  const mailbox = await smtpServerForThisTest();
  hanging.answer(0, 1_000);
  const sender = await senderForThisTest(database.url, { SMTP_URL: mailbox.url });
  for (let index = 0; index < 80; index += 1) {
    const stuck = await reachablePerson(database.pool, [['web-push', hanging.device().subscription]]);
    await putIntoOutbox(database.pool, { channel: 'web-push', user: stuck.user });
  }
  sender.hint();
  await waitFor(() => hanging.asked() >= 60, { what: 'the hanging service to be busy' });
  const phone = good.device();
  const { user } = await reachablePerson(database.pool, [
    ['web-push', phone.subscription],
    ['e-mail', { address: 'nurse@example.test' }],
  ]);
  const since = Date.now();
  const push = await putIntoOutbox(database.pool, { channel: 'web-push', user });
  const mail = await putIntoOutbox(database.pool, { channel: 'e-mail', user });
  sender.hint();
  await settled(push.id, 'sent');
  await settled(mail.id, 'sent');
  expect(Date.now() - since).toBeLessThan(3_000);
  expect(hanging.asked()).toBeLessThanOrEqual(64);
  await sender.close();
  await database.pool.query(`update notification set state = 'cancelled' where state = 'queued'`);
});

test('what was cancelled is never sent, and what nobody can be reached by says so', async () => {
  const service = await pushServiceForThisTest();
  const phone = service.device();
  const { user } = await reachablePerson(database.pool, [['web-push', phone.subscription]]);
  const cancelled = await putIntoOutbox(database.pool, { channel: 'web-push', user });
  await database.pool.query(`update notification set state = 'cancelled' where notification_id = $1`, [cancelled.id]);
  const nowhere = await putIntoOutbox(database.pool, { channel: 'e-mail', user });
  const unset = await putIntoOutbox(database.pool, { channel: 'voice', user });
  const last = await putIntoOutbox(database.pool, { channel: 'web-push', user });
  const sender = await senderForThisTest(database.url, { SMTP_URL: 'smtp://127.0.0.1:9' });
  sender.hint();
  await settled(last.id, 'sent');
  await settled(nowhere.id, 'failed');
  await settled(unset.id, 'failed');
  expect(phone.pushes).toHaveLength(1);
  expect((await row(cancelled.id)).state).toBe('cancelled');
  expect((await row(nowhere.id)).last_error).toBe('this person has no e-mail address here');
  expect((await row(unset.id)).last_error).toBe('voice is not set up here');
});

test('four senders over one outbox send each notification once', async () => {
  const service = await pushServiceForThisTest();
  const phone = service.device();
  const { user } = await reachablePerson(database.pool, [['web-push', phone.subscription]]);
  const keys = Array.from({ length: 60 }, () => `outbox:${randomUUID()}`);
  for (const key of keys) await putIntoOutbox(database.pool, { channel: 'web-push', user, key });
  const keep = { VAPID_SUBJECT: 'mailto:test@example.test' };
  await Promise.all(Array.from({ length: 4 }, () => senderForThisTest(database.url, keep)));
  await waitFor(
    async () => {
      const { rows } = await database.pool.query(
        `select count(*)::integer as left from notification where state = 'queued'`,
      );
      return rows[0].left === 0;
    },
    { what: 'an empty outbox', timeoutMs: 20_000 },
  );
  expect(phone.pushes.map(({ headers }) => headers.topic).sort()).toEqual(keys.map(shortKeyOf).sort());
});

test('a sender that is killed in the middle is followed by another, under the same key', async () => {
  const service = await pushServiceForThisTest();
  const phone = service.device();
  const { user } = await reachablePerson(database.pool, [['web-push', phone.subscription]]);
  const { id, key } = await putIntoOutbox(database.pool, { channel: 'web-push', user });
  service.answer(0, 1);
  const dataDir = mkdtempSync(join(tmpdir(), 'dripwatch-killed-'));
  writeFileSync(join(dataDir, 'secrets.json'), JSON.stringify({ serviceTokens: { 'svc-api': 'a token of nobody' } }));
  const env = { DATABASE_URL: database.url, DATA_DIR: dataDir, PORT: '0', MQTT_URL: 'mqtt://127.0.0.1:9' };
  const child = startProcess('api/main.ts', [], { ...env, OUTBOUND_ALLOW: 'loopback', LOG_LEVEL: 'silent' });
  onTestFinished(() => {
    child.kill('SIGKILL');
    rmSync(dataDir, { recursive: true, force: true });
  });
  await waitFor(() => service.asked() === 1, { timeoutMs: 25_000, what: 'the first attempt, which hangs' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  expect(await row(id)).toMatchObject({ state: 'queued', attempts: 1 });
  // Its lease is over: 15 s later, without the wait.
  const sender = await senderForThisTest(database.url, {});
  sender.hint();
  expect((await row(id)).attempts).toBe(1);
  await database.pool.query('update notification set leased_until = now() where notification_id = $1', [id]);
  await settled(id, 'sent');
  expect(phone.pushes.map(({ headers }) => headers.topic)).toEqual([shortKeyOf(key)]);
  expect(await row(id)).toMatchObject({ attempts: 2 });
});

test('nothing of a patient leaves by any channel, whatever a pump puts into an alarm’s code', async () => {
  const secrets = ['J.M.', 'treprostinil', 'REF-0147', '45.57'];
  const service = await pushServiceForThisTest();
  const phone = service.device();
  const mailbox = await smtpServerForThisTest();
  const gateway = await telephoneGatewayForThisTest();
  const receiver = await webhookReceiver(z.looseObject({ type: z.string() }));
  const sender = await senderForThisTest(database.url, {
    ...gateway.env,
    SMTP_URL: mailbox.url,
    WEBHOOK_URL: receiver.url,
    WEBHOOK_SECRET: receiver.secret,
  });
  const { user } = await reachablePerson(database.pool, [
    ['web-push', phone.subscription],
    ['e-mail', { address: 'nurse@example.test' }],
    ['sms', { number: '+46701234567' }],
    ['voice', { number: '+46701234567' }],
  ]);
  const types = [secrets.join(' '), `MDC_EVT_BATT_LO ${secrets.join(' ')}`, `silent-pump ${secrets.join(' ')}`];
  for (const type of types) {
    for (const channel of channels) {
      const whose = channel === 'webhook' ? null : user;
      await putIntoOutbox(database.pool, { channel, user: whose, payload: { type } });
    }
  }
  sender.hint();
  const each = types.length;
  const heard = () => [phone.pushes.length, mailbox.mails.length, gateway.asked.length, receiver.hooks.length];
  await waitFor(() => heard().join() === [each, each, 2 * each, each].join(), { what: () => `all; heard ${heard()}` });
  const said = JSON.stringify([phone.pushes, mailbox.mails, gateway.asked, receiver.hooks]);
  for (const secret of secrets) expect(said).not.toContain(secret);
  // Of a known alarm the catalogue's words are said, and nothing that came after its name.
  expect(said).toContain('Battery low');
});

test('who begins a shift is asked to answer once by each way they have, and called when they did not', async () => {
  const service = await pushServiceForThisTest();
  const gateway = await telephoneGatewayForThisTest();
  const phones = [service.device(), service.device()];
  const people = await Promise.all(
    phones.map(({ subscription }, index) =>
      reachablePerson(database.pool, [
        ['web-push', subscription],
        ['voice', { number: `+4670123456${index}` }],
      ]),
    ),
  );
  const begins = Date.now() + 10 * 60_000;
  for (const [index, { user }] of people.entries()) {
    await database.pool.query(
      `insert into on_call_override (override_id, schedule_id, user_id, from_at, until_at)
       values (gen_random_uuid(), $1, $2, $3, $4)`,
      [['clinical', 'clinical-backup'][index], user, new Date(begins), new Date(begins + 3_600_000)],
    );
  }
  // As it starts, and again as another process looks.
  const sender = await senderForThisTest(database.url, gateway.env);
  await senderForThisTest(database.url, gateway.env);
  await waitFor(() => phones.every(({ pushes }) => pushes.length === 1), { what: 'the tests' });
  expect(pushMessage.parse(phones[0]?.pushes[0]?.message)).toMatchObject({
    kind: 'reachability',
    path: expect.stringMatching(/^\/reach\/answer\//),
  });
  // What an earlier test left unrecorded may be sent again here: at least once.
  const called = () => gateway.asked.filter(({ key }) => key.startsWith('reachability:'));
  expect(called()).toEqual([]);
  await database.pool.query('update contact_method set last_answered_at = now() where user_id = $1', [people[0]?.user]);
  await queueShiftTests(sender.db, begins - 4 * 60_000);
  await queueShiftTests(sender.db, begins - 3 * 60_000);
  sender.hint();
  await waitFor(() => called().length > 0, { what: 'the call' });
  expect(called().map(({ fields }) => fields.To)).toEqual(['+46701234561']);
  expect(called()[0]?.fields.Twiml).toContain('Your shift on call begins.');
  expect(phones.map(({ pushes }) => pushes.length)).toEqual([1, 1]);
});
