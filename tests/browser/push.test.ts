import type { Browser, BrowserContext, Page, Worker } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { pushMessage } from '#schemas/http/notification.ts';
import { addPerson } from '../support/api.ts';
import { addAlert, putAlertsAway } from '../support/board.ts';
import { putIntoOutbox } from '../support/notify.ts';
import { pushServiceForThisTest } from '../support/push-service.ts';
import { smtpServerForThisTest } from '../support/smtp-server.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { waitFor } from '../support/wait-for.ts';
import { violations } from './accessible.ts';
import { launchBrowser, openViewer, signIn, watching } from './browser.ts';

let stack: Stack;
let browser: Browser;
beforeAll(async () => {
  stack = await startStack({ dashboard: true, env: { OUTBOUND_ALLOW: 'loopback' } });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await stack?.close();
});
beforeEach(() => putAlertsAway(stack.database.pool));

/** Gives the worker a message as Chromium's push service would. */
async function deliver(page: Page, data: string): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  let registrationId: string | null = null;
  devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
    registrationId = registrations.find(({ isDeleted }) => !isDeleted)?.registrationId ?? registrationId;
  });
  await devtools.send('ServiceWorker.enable');
  const id = await waitFor(() => registrationId, { what: 'the registration' });
  await devtools.send('ServiceWorker.deliverPushMessage', {
    origin: new URL(page.url()).origin,
    registrationId: id,
    data,
  });
  await devtools.detach();
}

const workerOf = (context: BrowserContext) =>
  waitFor(() => context.serviceWorkers()[0], { what: 'the service worker' });

/** What stands on the locked screen. */
const shown = (page: Page) =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    const all = await registration.getNotifications();
    return all.map(({ title, body, tag, requireInteraction, data }) => ({
      title,
      body,
      tag,
      requireInteraction,
      data,
    }));
  });

/** A tap on the notification. Chromium has no command for it: the event is the same but opens no window by itself. */
const tap = (worker: Worker) =>
  worker.evaluate(async () => {
    const registration: ServiceWorkerRegistration = Reflect.get(globalThis, 'registration');
    const [notification] = await registration.getNotifications();
    const made: unknown = Reflect.construct(Reflect.get(globalThis, 'NotificationEvent'), [
      'notificationclick',
      { notification },
    ]);
    if (made instanceof Event) globalThis.dispatchEvent(made);
  });

async function nurse(width = 1440) {
  const email = await addPerson(stack.database.pool, 'clinician');
  const viewer = await openViewer(browser, { width, height: width === 360 ? 760 : 900 });
  await viewer.context.grantPermissions(['notifications'], { origin: stack.url });
  await viewer.page.goto(stack.url);
  await signIn(viewer.page, email);
  await watching(viewer.page);
  await viewer.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  const { rows } = await stack.database.pool.query<{ id: string }>(
    'select user_id as id from app_user where email = $1',
    [email],
  );
  return { ...viewer, user: rows[0]?.id ?? '' };
}

test('what arrives at a push service shows as one notification of its alert, and a tap opens the alert', async () => {
  const service = await pushServiceForThisTest();
  const phone = service.device();
  const { page, context, user } = await nurse();
  const alert = await addAlert(stack.database.pool, {
    priority: 'high',
    type: 'silent-pump',
    message: 'Silent 14 min',
  });
  await stack.database.pool.query(
    `insert into contact_method (user_id, channel, label, address) values ($1, 'web-push', 'phone', $2)`,
    [user, JSON.stringify(phone.subscription)],
  );
  await putIntoOutbox(stack.database.pool, { channel: 'web-push', user, alert });
  const pushed = await waitFor(() => phone.pushes[0], { what: 'the push' });
  const message = pushMessage.parse(pushed.message);

  await page.goto(`${stack.url}/system`);
  await watching(page);
  // Twice, as at-least-once delivery may.
  await deliver(page, JSON.stringify(message));
  await deliver(page, JSON.stringify(message));
  await waitFor(async () => (await shown(page)).length > 0, { what: 'the notification' });
  expect(await shown(page)).toEqual([
    {
      title: '▲ HIGH alert',
      body: 'A pump is silent. Open it to see where and to take it.',
      tag: alert,
      requireInteraction: true,
      data: { path: `/?alert=${alert}` },
    },
  ]);
  await tap(await workerOf(context));
  await page.waitForURL(`**/?alert=${alert}`);
  await page.getByText('Silent 14 min').first().waitFor();
  await waitFor(async () => (await shown(page)).length === 0, { what: 'the notification to be gone' });
});

test('with no page open a tap asks for a window on the alert, and a push that can’t be read still shows', async () => {
  const { page, context } = await nurse();
  const worker = await workerOf(context);
  await deliver(page, 'not JSON');
  await waitFor(async () => (await shown(page))[0]?.title === 'Dripwatch', { what: 'a notification all the same' });
  const alert = '0b4f9c1e-0000-4000-8000-000000000001';
  const path = `/?alert=${alert}`;
  await tap(worker);
  await waitFor(async () => (await shown(page)).length === 0, { what: 'it to be gone' });
  await deliver(
    page,
    JSON.stringify({ kind: 'alert', priority: 'medium', alert, count: 1, title: 'T', text: 'x', path }),
  );
  await waitFor(async () => (await shown(page)).length === 1, { what: 'the notification' });
  await page.goto('about:blank');
  // Chromium opens windows after a real tap only: what the worker asks for is written down instead. All in one go, since a
  // worker that has nothing to do is stopped and forgets.
  const wanted = await (await workerOf(context)).evaluate(async () => {
    const registration: ServiceWorkerRegistration = Reflect.get(globalThis, 'registration');
    const clients: { matchAll(): Promise<readonly unknown[]> } = Reflect.get(globalThis, 'clients');
    while ((await clients.matchAll()).length > 0) await new Promise((done) => setTimeout(done, 20));
    const asked = new Promise<string>((done) => {
      Reflect.set(clients, 'openWindow', async (path: string) => done(path));
    });
    const [notification] = await registration.getNotifications();
    const made: Event = Reflect.construct(Reflect.get(globalThis, 'NotificationEvent'), [
      'notificationclick',
      { notification },
    ]);
    globalThis.dispatchEvent(made);
    return asked;
  });
  expect(wanted).toBe(path);
});

test('the worker keeps no page and no answer: without a server there is nothing to be taken for live', async () => {
  const { page, context } = await nurse();
  await workerOf(context);
  await page.reload();
  await watching(page);
  expect(await page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
  expect(await page.evaluate(() => caches.keys())).toEqual([]);
  await context.setOffline(true);
  await expect(page.goto(stack.url)).rejects.toThrow('ERR_INTERNET_DISCONNECTED');
});

test('a device whose push service gives it another address tells the server by itself', async () => {
  const { context, user } = await nurse();
  const worker = await workerOf(context);
  const { subscription } = (await pushServiceForThisTest()).device();
  await worker.evaluate((given) => {
    const event: Event = Reflect.construct(Reflect.get(globalThis, 'ExtendableEvent'), ['pushsubscriptionchange']);
    Object.defineProperty(event, 'newSubscription', { value: { toJSON: () => given } });
    globalThis.dispatchEvent(event);
  }, subscription);
  const kept = await waitFor(
    async () => {
      const { rows } = await stack.database.pool.query('select address from contact_method where user_id = $1', [user]);
      return rows[0];
    },
    { what: 'the new address' },
  );
  expect(kept.address).toEqual(subscription);
});

test('on a phone: an address is added, tested, answered by the tap on the link, and removed', async () => {
  const mailbox = await smtpServerForThisTest();
  const own = await startStack({ dashboard: true, env: { SMTP_URL: mailbox.url } });
  try {
    const email = await addPerson(own.database.pool, 'clinician');
    const { page, errors } = await openViewer(browser, { width: 360, height: 760 });
    await page.goto(own.url);
    await signIn(page, email);
    await watching(page);
    await page.locator('details[name="you"] summary').click();
    await page.getByRole('link', { name: 'How I am reached' }).click();
    await page.getByRole('heading', { name: 'No way to reach you yet' }).waitFor();
    expect(await violations(page)).toEqual([]);
    const form = page.locator('section', { has: page.getByRole('heading', { name: 'Add an e-mail address' }) });
    await form.getByLabel('Address').fill('nurse@example.test');
    await form.getByLabel('What you call it').fill('work mail');
    await form.getByRole('button', { name: 'Add' }).click();
    const card = page.getByRole('listitem').filter({ hasText: 'work mail' });
    await card.getByText('Never answered').waitFor();
    await card.getByRole('button', { name: 'Test' }).click();
    await card.getByText('Open the link in the mail.').waitFor();
    const mail = await waitFor(() => mailbox.mails[0], { what: 'the mail' });
    const text = mail.content.replace(/=\n/g, '').replace(/=3D/g, '=');
    const link = /http:\S+\/reach\/answer\/[\w-]+/.exec(text)?.[0] ?? '';
    const other = await page.context().newPage();
    await other.goto(link);
    await other.getByRole('heading', { name: 'Answered: this reaches you' }).waitFor();
    await page.bringToFront();
    await page.getByText('You can be reached by work mail').waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await card.getByRole('button', { name: 'Remove' }).click();
    await card.getByRole('button', { name: 'Yes, remove it' }).click();
    await page.getByRole('heading', { name: 'No way to reach you yet' }).waitFor();
    expect(errors).toEqual([]);
  } finally {
    await own.close();
  }
});
