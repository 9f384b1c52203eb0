import { resolve } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildDashboard } from '../../scripts/supervisor/build-dashboard.ts';
import { addPerson, apiForThisTest, Person } from '../support/api.ts';
import { addAlert } from '../support/board.ts';
import { brokerForThisTest, provisionPump } from '../support/broker.ts';
import { addPatient, assign } from '../support/care.ts';
import { cuttableLink } from '../support/cuttable-link.ts';
import { databaseForThisTest } from '../support/database.ts';
import { HandPump, ingestForThisTest } from '../support/ingest.ts';
import { overflow, violations } from './accessible.ts';
import { launchBrowser, openViewer, signIn, watching } from './browser.ts';

// What a person can do while the database is away, on a desk and on a phone: nothing that is to be recorded looks as if it
// could be, a press says why, and everything comes back by itself.

const root = resolve(import.meta.dirname, '../..');
const dashboard = { DASHBOARD_DIR: resolve(root, 'dashboard/dist') };

let browser: Browser;
beforeAll(async () => {
  await buildDashboard(root, () => {}, new AbortController().signal);
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
const phones = [{ whose: 'patient', number: '+46 70 555 01 01' }];

/** A platform whose database can be cut off, with something to be done on every page. */
async function aShift() {
  const database = await databaseForThisTest();
  const link = await cuttableLink(database.url);
  const broker = await brokerForThisTest(link.url);
  await ingestForThisTest(broker, link.url);
  const api = await apiForThisTest(broker, link.url, dashboard);
  const email = await addPerson(database.pool, 'clinician');
  const [me, other] = await Promise.all([
    Person.signIn(api, email),
    Person.signIn(api, await addPerson(database.pool, 'clinician')),
  ]);
  const hand = await HandPump.connect(broker, await provisionPump(database.pool, 'PUMP-0001'));
  await hand.send('telemetry', [hand.sample()]);
  await hand.acknowledged();
  const patient = await addPatient(me, 'Jan Exempel', { phones });
  await assign(me, 'PUMP-0001', patient);
  await provisionPump(database.pool, 'PUMP-0002');
  const mine = { responsibility: 'accepted', owner: me.id, acceptedForS: 540, seen: true } as const;
  await addAlert(database.pool, { pump: 'PUMP-0002', priority: 'high', ...mine });
  await addAlert(database.pool, { pump: 'PUMP-0002', priority: 'high', condition: 'ended', endedAgoS: 60 });
  const made = await me.post('/calls', {
    ...{ caller: 'patient', patient: patient.id, complaint: 'beeps' },
    followUp: { text: 'Call back', dueAt: inHours(1) },
  });
  expect(made.status).toBe(201);
  const offered = await other.post('/hand-overs', { shiftFrom: inHours(-8), shiftTo: inHours(6), to: me.id });
  expect(offered.status).toBe(201);
  const alarm = { kind: 'alarm', phase: 'start', priority: 'high' };
  await hand.send('alarm', [hand.record({ ...alarm, alarm: 1, code: 'MDC_EVT_PUMP_FLOW_FREE' })]);
  const malfunction = () => hand.send('alarm', [hand.record({ ...alarm, alarm: 2, code: 'MDC_EVT_MALF' })]);
  return { link, url: api.url, email, malfunction };
}

/** What needs nothing recorded: reading, folding, closing. */
const harmless = [
  ...['Try again', 'Read it anew', 'Print', '☎ Whom to call, emergency plan', '15 min', '2 h', '24 h', '7 d'],
  ...['Close, keep what I typed', 'Discard'],
];

/** Other buttons of a page that look as if they could be pressed. */
const pressable = async (page: Page): Promise<string[]> => {
  const names = await page.locator('main button:visible, dialog[open] button:visible').evaluateAll((buttons) =>
    buttons
      .filter((button) => button instanceof HTMLButtonElement && !button.disabled)
      .filter((button) => button.getAttribute('aria-disabled') !== 'true' && !button.hasAttribute('aria-expanded'))
      .map((button) => (button.textContent ?? '').trim()),
  );
  return names.filter((name) => !harmless.includes(name));
};

const away = (button: Locator) => button.and(button.page().locator('[aria-disabled="true"]'));
/** By key: what appears in an outage moves a button from under a pointer, and a test's click waits for an enabled one. */
async function press(button: Locator): Promise<void> {
  await button.focus();
  await button.press('Enter');
}
const saysWhy = (where: Page | Locator) =>
  where
    .getByText(/Not recorded: the database is away since/)
    .first()
    .waitFor();

/** PICTURES=directory keeps what was looked at, in light and dark. */
async function takePictures(name: string, page: Page): Promise<void> {
  const directory = process.env.PICTURES;
  if (!directory) return;
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const path = `${directory}/outage-${name}-${page.viewportSize()?.width}-${colorScheme}.png`;
    await page.screenshot({ path, fullPage: true, animations: 'disabled' });
  }
  await page.emulateMedia({ colorScheme: null });
}

type Named = Awaited<ReturnType<typeof aShift>>;

async function signedInPages({ url, email }: Named, width: number) {
  const { page, context, errors } = await openViewer(browser, { width, height: width < 600 ? 760 : 900 });
  await page.goto(url);
  await signIn(page, email);
  await watching(page);
  const open = async (path: string, ready: string) => {
    const next = await context.newPage();
    await next.goto(`${url}${path}`);
    await next.getByText(ready).first().waitFor();
    await watching(next);
    return next;
  };
  await page.locator('article', { hasText: 'PUMP-0001' }).waitFor();
  await page.locator('button[data-alert]', { hasText: 'PUMP-0002' }).click();
  await page.locator('article', { hasText: 'PUMP-0002' }).getByText('You have it').waitFor();
  await page.getByText('Ended, not yet seen (1)').click();
  const pump = await open('/pumps/PUMP-0001', 'Announce work');
  await pump.locator('main details').evaluateAll((all) => {
    for (const one of all) one.setAttribute('open', '');
  });
  const handOver = await open('/hand-over', 'I have read it and take over');
  const calls = await open('/calls', 'beeps');
  await calls.keyboard.press('c');
  await calls.getByLabel('What about').fill('pump beeps again');
  return { board: page, pump, handOver, calls, errors };
}

test('while the database is away nothing looks as if it could be recorded, a press says why, and all comes back', {
  timeout: 300_000,
}, async () => {
  const shift = await aShift();
  const [desk, phone] = await Promise.all([signedInPages(shift, 1440), signedInPages(shift, 360)]);
  const both = [desk, phone];

  shift.link.cut();
  await shift.malfunction();
  for (const { board, pump, handOver, calls } of both) {
    for (const page of [board, pump, handOver, calls]) {
      await page.getByRole('heading', { name: /NOT RECORDED SINCE/ }).waitFor({ timeout: 30_000 });
    }
    const card = board.locator('article', { hasText: 'PUMP-0001' });
    await away(card.getByRole('button', { name: 'I have it' })).waitFor();
    await card.getByText('Taking it can’t be recorded until the database is back').waitFor();
    // On a phone the answer that can't be given does not lie over what the alert says.
    expect(await card.locator('[data-away]').evaluate((foot) => getComputedStyle(foot).position)).toBe('static');
    await board.getByText('Pump malfunction').waitFor({ timeout: 20_000 });
    await board.getByText('not recorded yet').waitFor();
    expect(await pressable(board)).toEqual([]);
    // What can be done all the same: read the steps, and call.
    await card.getByText('What to do').waitFor();
    await card.locator('ol li').first().waitFor();
    await card.getByRole('button', { name: 'Whom to call' }).click();
    await card.getByRole('link', { name: '+46 70 555 01 01' }).waitFor();

    await press(card.getByRole('button', { name: 'I have it' }));
    await saysWhy(card);
    const held = board.locator('article', { hasText: 'PUMP-0002' });
    for (const name of ['Pass on', 'Extend', 'Done', 'Note']) await away(held.getByRole('button', { name })).waitFor();
    await press(held.getByRole('button', { name: 'Pass on' }));
    await saysWhy(held);
    expect(await held.getByText('Why you pass it on').count()).toBe(0);
    await press(board.getByRole('button', { name: 'I have seen it' }));
    await saysWhy(board.locator('details', { hasText: 'Ended, not yet seen' }));
    expect(await pressable(pump)).toEqual([]);
    await press(pump.getByRole('button', { name: /^bag change/ }));
    await saysWhy(pump);
    expect(await pressable(handOver)).toEqual([]);
    await press(handOver.getByRole('button', { name: 'I have read it and take over' }));
    await saysWhy(handOver);
    expect(await pressable(calls)).toEqual([]);
    await press(calls.getByRole('button', { name: 'Save the call' }));
    await saysWhy(calls.locator('dialog'));
    for (const [name, page] of Object.entries({ board, pump, handOver, calls })) {
      expect(await violations(page)).toEqual([]);
      expect(await overflow(page)).toBeLessThanOrEqual(0);
      await takePictures(name, page);
    }
    await calls.keyboard.press('Escape');
    await press(away(calls.locator('main').getByRole('button', { name: 'Done' })));
    await saysWhy(calls.locator('main'));
  }

  shift.link.mend();
  for (const { board, pump, handOver, calls } of both) {
    for (const page of [board, pump, handOver, calls]) {
      await page.getByRole('heading', { name: /NOT RECORDED SINCE/ }).waitFor({ state: 'detached', timeout: 40_000 });
      await page.locator('[aria-disabled="true"]:visible').first().waitFor({ state: 'detached' });
      expect(await page.getByText(/Not recorded: the database is away/).count()).toBe(0);
    }
    await watching(board);
  }
  // What was typed during the outage is still there, and is recorded now.
  await desk.calls.keyboard.press('c');
  await desk.calls.getByRole('button', { name: 'Save the call' }).click();
  await desk.calls.locator('main').getByText('pump beeps again').waitFor();
  const card = phone.board.locator('article', { hasText: 'free flow' });
  await card
    .getByRole('button', { name: /^I have it$/ })
    .first()
    .click();
  await card.getByText('You have it').first().waitFor();
  expect([...desk.errors, ...phone.errors]).toEqual([]);
});
