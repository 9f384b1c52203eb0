import { mkdirSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkedVersion } from '#schemas/http/libraries.ts';
import { demoLibrary } from '#schemas/library/demo-library.ts';
import { addPerson, Person, shape, testPassword } from '../support/api.ts';
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
