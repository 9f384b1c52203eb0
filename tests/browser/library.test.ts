import { mkdirSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkedVersion } from '#schemas/http/libraries.ts';
import { demoLibrary } from '#schemas/library/demo-library.ts';
import { command } from '#schemas/messages/control.ts';
import { addPerson, Person, shape, testPassword } from '../support/api.ts';
import { provisionPump } from '../support/broker.ts';
import { HandPump } from '../support/ingest.ts';
import { publishedLibrary } from '../support/libraries.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { overflow, violations } from './accessible.ts';
import { launchBrowser, openViewer, signIn, watching } from './browser.ts';

let stack: Stack;
let browser: Browser;
let firstEmail: string;
let secondEmail: string;
let first: Person;
let second: Person;
beforeAll(async () => {
  stack = await startStack({ dashboard: true });
  browser = await launchBrowser();
  [firstEmail, secondEmail] = [
    await addPerson(stack.database.pool, 'pharmacist'),
    await addPerson(stack.database.pool, 'pharmacist'),
  ];
  [first, second] = [await Person.signIn(stack.api, firstEmail), await Person.signIn(stack.api, secondEmail)];
});
afterAll(async () => {
  await browser?.close();
  await stack?.close();
});

/** A library with version 1 published and version 2 a draft of the first pharmacist. */
async function library(name: string): Promise<string> {
  const made = shape(checkedVersion, await first.post('/drug-libraries/import', { ...demoLibrary(), name }));
  const path = `/drug-libraries/${made.library.id}`;
  await first.post(`${path}/versions/1/submit`);
  await second.post(`${path}/versions/1/approve`);
  shape(checkedVersion, await first.post(`${path}/versions/1/publish`));
  shape(checkedVersion, await first.post(`${path}/versions`));
  return made.library.id;
}

async function signedInAs(email: string, options: Parameters<typeof openViewer>[1] = {}) {
  const viewer = await openViewer(browser, options);
  await viewer.page.goto(stack.url);
  await signIn(viewer.page, email, testPassword);
  await watching(viewer.page);
  return viewer;
}

/** Opens everything that unfolds, so that forms are judged too. */
const unfold = (page: Page) =>
  page.evaluate(() => {
    for (const one of document.querySelectorAll('main details')) one.setAttribute('open', '');
  });

let judged: Promise<string> | undefined;
const inotropes = demoLibrary().careAreas.findIndex(({ name }) => name === 'inotropes');
const screens: [string, (id: string) => string, string][] = [
  ['libraries', () => '/library', 'Import a library'],
  ['draft', (id) => `/library/${id}/2`, 'DOBUTamine'],
  ['entry', (id) => `/library/${id}/2?edit=${inotropes}.0`, 'The check finds no problem in this drug.'],
  ['published', (id) => `/library/${id}/1`, 'Life of this version'],
  ['roll-outs', () => '/library/roll-out', 'All drug libraries'],
];

// Colours and widths are apart: two of the four will do; LONG_TESTS=1 takes all.
const looks = [
  { colorScheme: 'light', width: 1440 },
  { colorScheme: 'dark', width: 360 },
  ...(process.env.LONG_TESTS === '1'
    ? ([
        { colorScheme: 'light', width: 360 },
        { colorScheme: 'dark', width: 1440 },
      ] as const)
    : []),
] as const;
for (const { colorScheme, width } of looks) {
  test(`screens of the drug library are accessible and fit, ${colorScheme}, ${width} px`, {
    timeout: 120_000,
  }, async () => {
    judged ??= library('Judged');
    const id = await judged;
    const { page, errors } = await signedInAs(firstEmail, { width, height: 800, colorScheme });
    const found: string[] = [];
    for (const [name, path, words] of screens) {
      await page.goto(stack.url + path(id));
      await watching(page);
      await page.locator('main').getByText(words).first().waitFor();
      await unfold(page);
      found.push(...(await violations(page)).map((violation) => `${name}: ${violation}`));
      if ((await overflow(page)) > 0) found.push(`${name}: wider than the screen by ${await overflow(page)} px`);
      const shots = process.env.SCREENSHOTS;
      if (shots) {
        mkdirSync(shots, { recursive: true });
        await page.screenshot({ path: `${shots}/library-${name}-${colorScheme}-${width}.png`, fullPage: true });
      }
    }
    expect(found).toEqual([]);
    expect(errors).toEqual([]);
  });
}

test('a draft is edited with live problems, and published by four eyes', { timeout: 60_000 }, async () => {
  const id = await library('Lives');
  const { page } = await signedInAs(firstEmail, { width: 1440, height: 900 });
  await page.getByRole('link', { name: 'Library' }).click();
  await page.getByText('Drug libraries').first().waitFor();
  await page.goto(`${stack.url}/library/${id}/2`);
  await page.getByRole('link', { name: 'DOBUTamine' }).click();
  const doseRate = page.getByRole('group', { name: 'dose rate' });
  await doseRate.getByLabel('soft high').fill('25');
  await doseRate.getByText('crossed limits: softHigh 25 is above hardHigh 20').waitFor();
  await doseRate.getByLabel('soft high').fill('2,5');
  await page.getByText('1 problem in this drug: it can’t be saved yet').waitFor();
  await doseRate.getByLabel('soft high').fill('12');
  await page.getByText('The check finds no problem in this drug.').waitFor();
  await page.getByRole('button', { name: 'Save into the draft' }).click();
  await page.getByText('inotropes, DOBUTamine: dose rate soft high 10 → 12 mcg/kg/min').waitFor();
  await page.getByRole('button', { name: 'Submit' }).click();
  await page.getByText('an author can’t approve; it takes somebody else').waitFor();
  expect(await page.getByRole('button', { name: /^Approve/ }).count()).toBe(0);
  expect(await page.getByRole('link', { name: 'DOBUTamine' }).count()).toBe(0);

  const other = (await signedInAs(secondEmail)).page;
  await other.goto(`${stack.url}/library/${id}/2`);
  await other.getByRole('button', { name: /^Approve/ }).click();
  await other.getByRole('button', { name: /^Publish: it never changes again/ }).click();
  await other.getByText(/published by pharmacist/).waitFor();
  await other
    .getByRole('button', { name: /^Retire/ })
    .first()
    .click();
  await other.getByLabel('Reason').fill('replaced');
  await other
    .getByRole('button', { name: /^Retire/ })
    .last()
    .click();
  await other.getByText(/retired by pharmacist .*: replaced/).waitFor();
});

test('a published version goes to the canaries, then to the rest, and back; each step says to how many pumps', {
  timeout: 120_000,
}, async () => {
  const id = await publishedLibrary(first, second, 'Rolled', 2);
  const technician = await addPerson(stack.database.pool, 'technician');
  const [a, b] = [await rollPump('SCREEN-A'), await rollPump('SCREEN-B')];
  const { page, errors } = await signedInAs(technician, { width: 1440, height: 900 });
  await page.goto(`${stack.url}/library/${id}/2`);
  await page.getByRole('link', { name: 'Roll it out to pumps' }).click();
  await page.getByText('Assign a published version to pumps').waitFor();
  expect(await page.getByLabel('Version').inputValue()).toBe(`${id} 2`);
  await page.getByRole('combobox', { name: /^To/ }).selectOption('pumps');
  await page.getByLabel('Care areas or pump ids, with commas').fill('SCREEN-A, SCREEN-X');
  await page.getByLabel('or these pumps first').fill('SCREEN-A');
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: /^Assign/ }).click();
  await page.getByText('SCREEN-X: no such pump, or it is retired').waitFor();
  await page.getByLabel('Care areas or pump ids, with commas').fill('SCREEN-A, SCREEN-B');
  await page.getByRole('button', { name: /^Assign/ }).click();

  await page.getByText('Going on offers it to 1 more pump').waitFor();
  await page.getByText('has it, but has not installed it').waitFor();
  const found = await violations(page);
  if ((await overflow(page)) > 0) found.push('wider than the screen');
  expect(found).toEqual([]);
  const shots = process.env.SCREENSHOTS;
  if (shots) await page.screenshot({ path: `${shots}/library-roll-out-canary.png`, fullPage: true });
  await a.installed();
  await page.getByText('1 of 1 pump have it').waitFor();
  await page.getByRole('button', { name: 'Go on to 1 pump' }).click();
  await page.getByRole('cell', { name: 'SCREEN-B' }).waitFor();
  await b.installed();
  await page.getByText('2 of 2 pumps have it').waitFor();
  await page.getByText('Every pump that was given it has it').waitFor();

  await page.getByText('Rolling back offers Rolled-1 to 2 pumps again.').waitFor();
  await page.getByRole('button', { name: 'Roll back 2 pumps' }).click();
  await page.getByLabel('Reason').fill('a wrong limit');
  await page.getByRole('button', { name: 'Roll back now' }).click();
  await page.getByText(/: a wrong limit$/).waitFor();
  await page.goto(`${stack.url}/fleet?pump=SCREEN-`);
  await page.getByRole('row', { name: /SCREEN-A .*Rolled-2 Rolled-1/ }).waitFor();
  expect(errors.filter((error) => !error.includes('422'))).toEqual([]);

  // A pharmacist sees it, and can't press anything.
  const other = (await signedInAs(firstEmail)).page;
  await other.goto(`${stack.url}/library/roll-out`);
  await other.getByRole('link', { name: 'Rolled, version 2' }).first().click();
  await other.getByText('rolled back').first().waitFor();
  expect(await other.getByRole('button', { name: /Roll back|Go on|Assign/ }).count()).toBe(0);
});

/** A pump by hand that takes every library and installs it when the test says so. */
async function rollPump(id: string) {
  const hand = await HandPump.connect(stack.broker, await provisionPump(stack.database.pool, id));
  hand.onMessage((topic, payload) => {
    if (!topic.endsWith('/down/cmd')) return;
    const given = command.parse(JSON.parse(payload.toString()));
    if (given.cmd === 'library') void hand.raw('reply', JSON.stringify({ id: given.id, ok: true, missing: [] }));
  });
  const hello = { v: 1, epoch: hand.epoch, boot: 1, first: 0, last: 0, libraryVersion: 'Rolled-1' };
  await hand.raw('hello', JSON.stringify(hello));
  await hand.send('telemetry', [hand.sample({ state: 'standby', infusion: undefined })]);
  const installed = () =>
    hand.send('event', [hand.record({ kind: 'device', event: 'library-installed', version: 'Rolled-2' })]);
  return { installed };
}
