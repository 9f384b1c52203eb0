import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { provisionPump } from '../support/broker.ts';
import { HandPump } from '../support/ingest.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { waitFor } from '../support/wait-for.ts';
import { overflow, violations } from './accessible.ts';
import { launchBrowser, openViewer, signedIn, watching } from './browser.ts';

let stack: Stack;
let browser: Browser;
let board: Promise<string> | undefined;
beforeAll(async () => {
  stack = await startStack({ dashboard: true });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await stack?.close();
});

/** Pumps, programmes, alarms of every priority, a bolus, a limit alert: something on every screen. Returns an infusion. */
async function fillBoard(): Promise<string> {
  const alarms = [
    { code: 'MDC_EVT_PUMP_FLOW_FREE', priority: 'high' },
    { code: 'MDC_EVT_FLUID_LINE_OCCL', priority: 'medium' },
    { code: 'MDC_EVT_BATT_LO', priority: 'low' },
  ];
  for (const [i, alarm] of alarms.entries()) {
    const id = `PUMP-000${i + 1}`;
    const hand = await HandPump.connect(stack.broker, await provisionPump(stack.database.pool, id));
    const concentration = { amount: 50, unit: 'mg', perMl: 1 };
    const [drug, rateMlPerH] = i === 2 ? ['piperacillin-tazobactam', 105.3] : ['fluorouracil', 28.8];
    await hand.send('event', [
      hand.record({
        kind: 'programme',
        infusion: 1,
        drug,
        concentration,
        mode: 'continuous',
        rateMlPerH,
        vtbiMl: 105,
      }),
      hand.record({ kind: 'delivery', infusion: 1, segment: 1, phase: 'start', rateMlPerH }),
      hand.record({ kind: 'bolus', infusion: 1, origin: 'patient', result: 'locked-out' }),
      hand.record({
        kind: 'limit',
        infusion: 1,
        field: 'rateMlPerH',
        attempted: 28.8,
        limit: 5,
        limitType: 'soft-high',
        response: 'override',
      }),
    ]);
    await hand.send('telemetry', [hand.sample({ rateMlPerH, reservoirMl: 100, pressureKpa: 6, batteryPct: 80 })]);
    await hand.send('alarm', [hand.record({ kind: 'alarm', alarm: 1, phase: 'start', infusion: 1, ...alarm })]);
    await hand.send('alarm', [
      hand.record({ kind: 'alarm', alarm: 2, phase: 'start', infusion: 1, code: 'MDC_EVT_VOL_INFUS_NEAR_COMP' }),
    ]);
    await hand.send('telemetry', [{ seq: hand.seq + 1, at: 'never', kind: 'sample' }]);
    await hand.acknowledged();
  }
  const found = await stack.database.pool.query<{ id: string }>('select infusion_id as id from infusion limit 1');
  return found.rows[0]?.id ?? '';
}

/** The filled board, made by the first test that asks: a pump's link ends with its test, what it sent stays. */
function filledBoard(): Promise<string> {
  board ??= fillBoard();
  return board;
}

const screens: [string, (infusion: string) => string, string][] = [
  ['alerts', () => '/', 'Free flow'],
  ['an open alert', () => '/?q=near', 'Near end of infusion'],
  ['the wall', () => '/pumps', 'Running'],
  ['the list of pumps', () => '/pumps?view=list', 'PUMP-0002'],
  ['a pump', () => '/pumps/PUMP-0001', 'Way of the last alert'],
  ['infusions', () => '/infusions', 'fluorouracil'],
  ['an infusion', (infusion) => `/infusions/${infusion}`, 'How complete this is'],
  ['system', () => '/system', 'Screens watching'],
  ['reports', () => '/reports', 'From hop to hop'],
  ['a page that is not', () => '/nowhere', 'There is no such page'],
];

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1440, 360]) {
    test(`every screen is accessible and fits, ${colorScheme}, ${width} px`, { timeout: 120_000 }, async () => {
      const infusion = await filledBoard();
      const { page, errors } = await signedIn(browser, stack, 'clinician', { width, height: 800, colorScheme });
      const found: string[] = [];
      for (const [name, path, words] of screens) {
        await page.goto(stack.url + path(infusion));
        await watching(page);
        await page.locator('main').getByText(words).first().waitFor();
        found.push(...(await violations(page)).map((violation) => `${name}: ${violation}`));
        if ((await overflow(page)) > 0) found.push(`${name}: wider than the screen by ${await overflow(page)} px`);
      }
      expect(found).toEqual([]);
      expect(errors).toEqual([]);
    });

    test(`signing in is accessible and fits, ${colorScheme}, ${width} px`, async () => {
      const { page } = await openViewer(browser, { width, colorScheme });
      await page.goto(stack.url);
      await page.getByRole('button', { name: 'Sign in' }).waitFor();
      expect(await violations(page)).toEqual([]);
      expect(await overflow(page)).toBeLessThanOrEqual(0);
    });
  }
}

test('on a phone no row of a list cuts a mark, a drug or a number from its unit', async () => {
  await filledBoard();
  const { page } = await signedIn(browser, stack, 'clinician', { width: 360, height: 800 });
  // Minutes take more room than the seconds that have gone by in a test.
  await page.route('**/api/v1/infusions*', async (route) => {
    const response = await route.fetch();
    const answer: { items: object[] } = await response.json();
    const lastKnownAt = new Date(Date.now() - 168_000).toISOString();
    await route.fulfill({
      response,
      json: { ...answer, items: answer.items.map((item) => ({ ...item, lastKnownAt })) },
    });
  });
  const cut = () =>
    page.evaluate(() =>
      [...document.querySelectorAll('[role="cell"], main li > a > *')]
        .filter((cell) => cell.scrollWidth > cell.clientWidth && cell.checkVisibility())
        .map((cell) => cell.textContent),
    );
  for (const [path, words] of [
    ['/pumps?view=list', '105.3 mL/h'],
    ['/infusions', '2 min'],
  ] as const) {
    await page.goto(`${stack.url}${path}`);
    await watching(page);
    await page.locator('main').getByText(words).first().waitFor();
    expect(await cut()).toEqual([]);
  }
});

test('a technician sees what could not be read, with its reason; a clinician is told that it is not for this role', async () => {
  await filledBoard();
  const technician = await signedIn(browser, stack, 'technician');
  await technician.page.getByRole('link', { name: 'Fleet' }).click();
  await technician.page.getByText('What came').first().waitFor();
  const list = technician.page.getByRole('list', { name: 'Technician’s list' });
  await list.getByText('rejected records').first().waitFor();
  expect(await list.getByText('rejected records').count()).toBe(3);
  expect(await violations(technician.page)).toEqual([]);
  const clinician = await signedIn(browser, stack);
  expect(await clinician.page.getByRole('link', { name: 'Fleet' }).count()).toBe(0);
  await clinician.page.goto(`${stack.url}/fleet`);
  await clinician.page.getByText('not for your role').waitFor();
  await clinician.page.goto(stack.url);
  await clinician.page.getByText('Free flow').first().waitFor();
  expect(await clinician.page.getByText('could not be read').count()).toBe(0);
});

test('light and dark follow the choice and keep it', async () => {
  const { page } = await signedIn(browser, stack);
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
  expect(await theme()).toBe('light');
  await page.getByText('▾').or(page.locator('summary')).first().click();
  await page.getByRole('button', { name: 'dark' }).click();
  await waitFor(async () => (await theme()) === 'dark', { what: 'dark' });
  await page.reload();
  await watching(page);
  expect(await theme()).toBe('dark');
});

test('a drag over a chart pauses it and says how far it is behind; resume follows again', async () => {
  await filledBoard();
  const { page } = await signedIn(browser, stack);
  await page.goto(`${stack.url}/pumps/PUMP-0001`);
  const chart = page.getByRole('img', { name: /^Rate/ });
  await chart.scrollIntoViewIfNeeded();
  await waitFor(async () => (await chart.locator('canvas').count()) === 1, { what: 'the chart' });
  const box = await chart.boundingBox();
  if (box === null) throw new Error('the chart has no box');
  await page.mouse.move(box.x + box.width * 0.4, box.y + 60);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.7, box.y + 60, { steps: 5 });
  await page.mouse.up();
  await page.getByText(/paused, .* behind/).waitFor();
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByText('live · drag').waitFor();
});

test('reduced motion stops the flashing', async () => {
  await filledBoard();
  const { page } = await signedIn(browser, stack);
  const animated = () =>
    page.evaluate(() => document.getAnimations().filter((animation) => animation.playState === 'running').length);
  await page.getByText('Free flow').first().waitFor();
  await waitFor(async () => (await animated()) > 0, { what: 'a flashing mark' });
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await waitFor(async () => (await animated()) === 0, { what: 'no motion' });
});
