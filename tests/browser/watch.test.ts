import { resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { buildDashboard } from '../../scripts/supervisor/build-dashboard.ts';
import { startTcpLink } from '../chaos/tcp-link.ts';
import { addPerson, apiForThisTest, testPassword } from '../support/api.ts';
import { brokerForThisTest, provisionPump, testBroker } from '../support/broker.ts';
import { databaseForThisTest } from '../support/database.ts';
import { HandPump, ingestForThisTest } from '../support/ingest.ts';
import { waitFor } from '../support/wait-for.ts';
import { launchBrowser, signedIn, watching } from './browser.ts';
import { plainBrowser } from './plain-browser.ts';

const root = resolve(import.meta.dirname, '../..');
const dashboard = { DASHBOARD_DIR: resolve(root, 'dashboard/dist') };

let browser: Browser;
beforeAll(async () => {
  await buildDashboard(root, () => {}, new AbortController().signal);
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

/** A platform whose parts can be stopped one by one. */
async function parts() {
  const database = await databaseForThisTest();
  const broker = await brokerForThisTest(database.url);
  const ingest = await ingestForThisTest(broker, database.url);
  const api = await apiForThisTest(broker, database.url, dashboard);
  return { database, broker, ingest, api, url: api.url };
}

/** Since when something is away, as a clock that is started when it has ended. */
function sinceNow(): () => number {
  const at = Date.now();
  return () => Date.now() - at;
}

type Parts = Awaited<ReturnType<typeof parts>>;

/** A tab that another one covers: it draws nothing and its own timers are throttled. */
async function hiddenTab({ database, url }: Parts) {
  const plain = await plainBrowser();
  const tab = await plain.open(url);
  const email = await addPerson(database.pool, 'clinician');
  const says = () => tab.evaluate('document.querySelector("header[data-watch]")?.dataset.watch');
  await waitFor(() => tab.evaluate('document.querySelector("input[name=email]") !== null'), {
    what: 'the sign-in form',
  });
  const body = JSON.stringify({ email, password: testPassword });
  const request = `{ method: 'POST', headers: { 'content-type': 'application/json' }, body: ${JSON.stringify(body)} }`;
  await tab.evaluate(`fetch('/api/v1/session', ${request}).then(() => location.reload())`);
  await waitFor(async () => (await says()) === 'watching', { what: 'WATCHING', timeoutMs: 20_000 });
  await (await plain.open('about:blank')).toFront();
  const hidden = async () => (await tab.evaluate('document.visibilityState')) === 'hidden';
  await waitFor(hidden, { what: 'a hidden tab' });
  return { title: async () => String(await tab.evaluate('document.title')), hidden };
}

async function withoutApi(): Promise<void> {
  const stack = await parts();
  const [tab, { page, errors }] = await Promise.all([hiddenTab(stack), signedIn(browser, stack)]);
  await stack.api.close();
  const since = sinceNow();
  const titleSays = (what: string) =>
    waitFor(async () => (await tab.title()).includes(what), {
      ...{ what: `${what} in the hidden tab's title`, timeoutMs: 32_000, everyMs: 100 },
    });
  const hidden = async () => {
    await titleSays('STALE');
    expect(since()).toBeLessThan(18_000);
    await titleSays('NOT MONITORED');
    expect(since()).toBeLessThanOrEqual(30_500);
  };
  const open = async () => {
    await page.locator('header[data-watch="stale"]').waitFor({ timeout: 20_000 });
    expect(await page.getByText('Nobody needs you').count()).toBe(0);
    await page.getByRole('heading', { name: 'NOT MONITORED' }).waitFor({ timeout: 20_000 });
    expect(since()).toBeLessThanOrEqual(30_500);
    await page.getByText('Last trusted record').waitFor();
  };
  await Promise.all([hidden(), open()]);

  // Both come back by themselves; the hidden one does not wait for somebody to look.
  await apiForThisTest(stack.broker, stack.database.url, { ...dashboard, PORT: new URL(stack.url).port });
  await watching(page, 40_000);
  expect(await page.getByRole('heading', { name: 'NOT MONITORED' }).count()).toBe(0);
  expect(errors.filter((error) => !error.includes('WebSocket'))).toEqual([]);
  await waitFor(async () => (await tab.title()) === 'Dripwatch', {
    ...{ what: 'WATCHING in the hidden tab', timeoutMs: 40_000, everyMs: 100 },
  });
  expect(await tab.hidden()).toBe(true);
}

/** By the age of the path, though frames go on. */
async function withoutIngest(): Promise<void> {
  const stack = await parts();
  const { page } = await signedIn(browser, stack);
  await stack.ingest.close();
  const since = sinceNow();
  await page.locator('header[data-watch="stale"]').waitFor({ timeout: 25_000 });
  await page.getByText('No record came through').waitFor();
  expect(await page.getByText('Nobody needs you').count()).toBe(0);
  await page.getByRole('heading', { name: 'NOT MONITORED' }).waitFor({ timeout: 25_000 });
  expect(since()).toBeLessThanOrEqual(30_500);
  await ingestForThisTest(stack.broker, stack.database.url);
  await watching(page, 40_000);
}

async function withoutBroker(): Promise<void> {
  const database = await databaseForThisTest();
  const broker = await testBroker(database.url);
  await ingestForThisTest(broker, database.url);
  const api = await apiForThisTest(broker, database.url, dashboard);
  const { page } = await signedIn(browser, { url: api.url, database });
  await broker.close();
  const since = sinceNow();
  await page.locator('header[data-watch="stale"]').waitFor({ timeout: 25_000 });
  await page.getByRole('heading', { name: 'NOT MONITORED' }).waitFor({ timeout: 25_000 });
  expect(since()).toBeLessThanOrEqual(30_500);
}

// The half minutes are the product's promise and pass at the same time, each on a platform of its own.
test('without the api, ingest or the broker a screen, hidden or not, is STALE, then NOT MONITORED, and recovers', {
  timeout: 150_000,
}, async () => {
  await Promise.all([withoutApi(), withoutIngest(), withoutBroker()]);
});

// As behind a router that forgot the connection.
test('a link that carries nothing any more and never says so is left, and the next alarm is shown', {
  timeout: 90_000,
}, async () => {
  const stack = await parts();
  const { port } = new URL(stack.url);
  const link = await startTcpLink(Number(port));
  onTestFinished(link.close);
  const url = `http://127.0.0.1:${link.port}`;
  await stack.api.close();
  await apiForThisTest(stack.broker, stack.database.url, { ...dashboard, PORT: port, PUBLIC_URL: url });
  const { page } = await signedIn(browser, { ...stack, url });
  link.disturb('half-open');
  // What is dead stays so and is not reset; a new connection is slow, and whole.
  link.disturb('slow');
  const hand = await HandPump.connect(stack.broker, await provisionPump(stack.database.pool, 'DEAD-1'));
  const alarm = { kind: 'alarm', phase: 'start', priority: 'high', alarm: 1, code: 'MDC_EVT_PUMP_FLOW_FREE' };
  await hand.send('alarm', [hand.record(alarm)]);
  await page.locator('article', { hasText: 'DEAD-1' }).waitFor({ timeout: 40_000 });
  await watching(page);
});
