import { resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { buildDashboard } from '../../scripts/supervisor/build-dashboard.ts';
import { apiForThisTest } from '../support/api.ts';
import { brokerForThisTest, provisionPump, testBroker } from '../support/broker.ts';
import { cuttableLink } from '../support/cuttable-link.ts';
import { databaseForThisTest } from '../support/database.ts';
import { HandPump, ingestForThisTest } from '../support/ingest.ts';
import { launchBrowser, signedIn, watching } from './browser.ts';

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

let stoppedAt = 0;
beforeEach(() => {
  stoppedAt = 0;
});
const sinceStop = () => Date.now() - stoppedAt;

test('without the api a background tab is STALE, then NOT MONITORED, and recovers by itself', {
  timeout: 120_000,
}, async () => {
  const { api, broker, ...stack } = await parts();
  const { page, context, errors } = await signedIn(browser, stack);
  // Another tab comes to front: this one's own timers now run once a minute.
  const front = await context.newPage();
  await front.goto('about:blank');
  await front.bringToFront();

  await api.close();
  stoppedAt = Date.now();
  await page.locator('header[data-watch="stale"]').waitFor({ timeout: 20_000 });
  expect(sinceStop()).toBeLessThan(18_000);
  expect(await page.title()).toContain('STALE');
  await page.getByRole('heading', { name: 'NOT MONITORED' }).waitFor({ timeout: 20_000 });
  expect(sinceStop()).toBeLessThanOrEqual(30_500);
  expect(await page.title()).toContain('NOT MONITORED');
  await page.getByText('Last trusted record').waitFor();
  expect(await page.getByText('Nobody needs you').count()).toBe(0);

  await apiForThisTest(broker, stack.database.url, { ...dashboard, PORT: new URL(stack.url).port });
  await watching(page, 40_000);
  expect(await page.getByRole('heading', { name: 'NOT MONITORED' }).count()).toBe(0);
  expect(errors.filter((error) => !error.includes('WebSocket'))).toEqual([]);
});

test('without ingest the screen is STALE by the age of the path, though frames go on', {
  timeout: 120_000,
}, async () => {
  const { ingest, ...stack } = await parts();
  const { page } = await signedIn(browser, stack);
  await ingest.close();
  stoppedAt = Date.now();
  await page.locator('header[data-watch="stale"]').waitFor({ timeout: 25_000 });
  await page.getByText('No record came through').waitFor();
  expect(await page.getByText('Nobody needs you').count()).toBe(0);
  await page.getByRole('heading', { name: 'NOT MONITORED' }).waitFor({ timeout: 25_000 });
  expect(sinceStop()).toBeLessThanOrEqual(30_500);
  await ingestForThisTest(stack.broker, stack.database.url);
  await watching(page, 40_000);
});

test('without the broker the screen is STALE, then NOT MONITORED', { timeout: 120_000 }, async () => {
  const database = await databaseForThisTest();
  const broker = await testBroker(database.url);
  await ingestForThisTest(broker, database.url);
  const api = await apiForThisTest(broker, database.url, dashboard);
  const { page } = await signedIn(browser, { url: api.url, database });
  await broker.close();
  stoppedAt = Date.now();
  await page.locator('header[data-watch="stale"]').waitFor({ timeout: 25_000 });
  await page.getByRole('heading', { name: 'NOT MONITORED' }).waitFor({ timeout: 25_000 });
  expect(sinceStop()).toBeLessThanOrEqual(30_500);
});

test('a database outage is said, its alerts are shown, and accepting is refused in words', {
  timeout: 120_000,
}, async () => {
  const database = await databaseForThisTest();
  const link = await cuttableLink(database.url);
  const broker = await brokerForThisTest(link.url);
  await ingestForThisTest(broker, link.url);
  const api = await apiForThisTest(broker, link.url, dashboard);
  const { page } = await signedIn(browser, { url: api.url, database });
  const hand = await HandPump.connect(broker, await provisionPump(database.pool, 'PUMP-0001'));
  await hand.send('telemetry', [hand.sample()]);
  await hand.acknowledged();
  const alarm = { kind: 'alarm', phase: 'start', priority: 'high' };
  await hand.send('alarm', [hand.record({ ...alarm, alarm: 1, code: 'MDC_EVT_PUMP_FLOW_FREE' })]);
  const card = page.locator('article', { hasText: 'PUMP-0001' });
  await card.waitFor();

  link.cut();
  await page.getByRole('heading', { name: /NOT RECORDED SINCE/ }).waitFor({ timeout: 20_000 });
  await card.getByRole('button', { name: 'I have it' }).click();
  await card.getByText('Your acceptance is not recorded').waitFor({ timeout: 20_000 });
  await hand.send('alarm', [hand.record({ ...alarm, alarm: 2, code: 'MDC_EVT_MALF' })]);
  await page.getByText('Pump malfunction').waitFor({ timeout: 20_000 });
  await page.getByText('not recorded yet').waitFor();

  link.mend();
  await page.getByRole('heading', { name: /NOT RECORDED SINCE/ }).waitFor({ state: 'detached', timeout: 40_000 });
  await watching(page);
});
