import { mkdirSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ruleExceptionItem } from '#schemas/http/rule-exceptions.ts';
import { checkedRuleSet } from '#schemas/http/rule-sets.ts';
import { addPerson, Person, shape, testPassword } from '../support/api.ts';
import { addAlert } from '../support/board.ts';
import { provisionPump } from '../support/broker.ts';
import { addPatient, addTherapy } from '../support/care.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { overflow, violations } from './accessible.ts';
import { launchBrowser, openViewer, signIn, watching } from './browser.ts';

let stack: Stack;
let browser: Browser;
let firstEmail: string;
let secondEmail: string;
let first: Person;
let therapyId: string;
beforeAll(async () => {
  stack = await startStack({ dashboard: true });
  browser = await launchBrowser();
  const { pool } = stack.database;
  [firstEmail, secondEmail] = [await addPerson(pool, 'pharmacist'), await addPerson(pool, 'pharmacist')];
  first = await Person.signIn(stack.api, firstEmail);
  const patient = await addPatient(first, 'Jo Marsh');
  therapyId = (await addTherapy(first, patient, 'milrinone', { careArea: 'inotropes' })).id;
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
  const changes = { 'silent-pump': { pageAfterMin: 60 } };
  const exception = { patient: patient.id, changes, reason: 'lives on a boat', expiresAt };
  shape(ruleExceptionItem, await first.post('/rule-exceptions', exception));
  await provisionPump(pool, 'HELD');
});
afterAll(async () => {
  await browser?.close();
  await stack?.close();
});

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

test('a rule set is written with live problems, published by four eyes, and holds', { timeout: 60_000 }, async () => {
  const { page } = await signedInAs(firstEmail, { width: 1440, height: 900 });
  await page.getByRole('link', { name: 'Rules', exact: true }).click();
  await page.getByText('In force: the defaults').waitFor();
  await page.getByText('New draft from the defaults').click();
  await page.getByLabel('Why this version').fill('our patients live far away');
  await page.getByRole('button', { name: 'Make the draft' }).click();
  await page.getByText('Missed, late and short doses').click();
  const late = page.getByLabel('late after (min)');
  await late.fill('300');
  await page.getByText('lateAfterMin 300 is above missedAfterMin 240').waitFor();
  await late.fill('1,5');
  await page.getByText('“1,5” is not a number such as 28.8').waitFor();
  await late.fill('90');
  await page.getByLabel('A care area that differs').selectOption('inotropes');
  await page.getByText('nothing differs in inotropes').waitFor();
  await page.getByText('Missed, late and short doses').click();
  await page.getByLabel('priority').selectOption('medium');
  await page.getByRole('button', { name: 'Save the draft' }).click();
  await page.getByText('missed, late and short doses: late after default 60 min → 90 min').waitFor();
  await page.getByText('inotropes, missed, late and short doses: priority as everywhere → medium').waitFor();
  await page.getByRole('button', { name: 'Submit' }).click();
  await page.getByText('an author can’t approve; it takes somebody else').waitFor();
  expect(await page.getByRole('button', { name: /^Approve/ }).count()).toBe(0);
  expect(await page.getByRole('button', { name: 'Save the draft' }).count()).toBe(0);

  const other = (await signedInAs(secondEmail)).page;
  await other.goto(`${stack.url}/rules/1`);
  await other.getByRole('button', { name: /^Approve/ }).click();
  await other.getByRole('button', { name: /^Publish: it holds for every pump/ }).click();
  await other
    .getByText(/published by pharmacist/)
    .first()
    .waitFor();
  await other.getByRole('link', { name: 'Rules', exact: true }).click();
  await other.getByText('In force: version 1').waitFor();
});

test('announced work holds what it causes, on the card too, until a person ends it', { timeout: 60_000 }, async () => {
  const id = await addAlert(stack.database.pool, { pump: 'HELD', type: 'MDC_EVT_EMPTY', priority: 'medium' });
  const { page } = await signedInAs(await addPerson(stack.database.pool, 'clinician'), { width: 360, height: 780 });
  await page.goto(`${stack.url}/pumps/HELD`);
  await page.getByRole('button', { name: /^bag change/ }).click();
  await page.getByText(/^bag change until \d\d:\d\d$/).waitFor();
  expect(await page.getByRole('button', { name: /^bag change/ }).isDisabled()).toBe(true);
  await page.goto(`${stack.url}/?alert=${id}`);
  await page.getByText(/^Held: bag change until \d\d:\d\d$/).waitFor();
  await page.goto(`${stack.url}/pumps/HELD`);
  await page.getByRole('button', { name: 'It is done: end the bag change' }).click();
  await page.getByText(/^bag change until/).waitFor({ state: 'detached' });
  await page.goto(`${stack.url}/?alert=${id}`);
  await page.locator(`[data-alert="${id}"]`).first().waitFor();
  expect(await page.getByText(/^Held:/).count()).toBe(0);
});

let judged: Promise<number> | undefined;
/** A draft with a problem, and work that runs. */
async function toJudge(): Promise<number> {
  const made = shape(checkedRuleSet, await first.post('/rule-sets', { reason: 'to be judged' }));
  const content = {
    ...{ name: 'r', reason: 'to be judged', reviewDate: '2099-01-01' },
    ...{ changes: { 'missed-dose': { lateAfterMin: 300 } }, careAreas: [] },
  };
  await first.ask('PUT', `/rule-sets/${made.version}`, { revision: 1, content });
  await first.post('/announcements', { pump: 'HELD', kind: 'shower' });
  const until = new Date(Date.now() + 3_600_000).toISOString();
  await first.post('/offline-windows', { pump: 'HELD', until, reason: 'travels' });
  return made.version;
}
const screens: [string, (version: number) => string, string][] = [
  ['rules', () => '/rules', 'Versions'],
  ['draft', (version) => `/rules/${version}`, '1 problem to be solved'],
  ['therapy', () => `/therapies/${therapyId}`, 'are in force'],
  ['pump', () => '/pumps/HELD', 'expected to be out of reach until'],
];
for (const { colorScheme, width } of [
  { colorScheme: 'light', width: 1440 },
  { colorScheme: 'dark', width: 360 },
] as const) {
  test(`screens of rules and announced work are accessible and fit, ${colorScheme}, ${width} px`, {
    timeout: 120_000,
  }, async () => {
    judged ??= toJudge();
    const version = await judged;
    const { page, errors } = await signedInAs(firstEmail, { width, height: 800, colorScheme });
    const found: string[] = [];
    for (const [name, path, words] of screens) {
      await page.goto(stack.url + path(version));
      await watching(page);
      await page.locator('main').getByText(words).first().waitFor();
      const shots = process.env.SCREENSHOTS;
      if (shots) {
        mkdirSync(shots, { recursive: true });
        await page.screenshot({ path: `${shots}/rules-${name}-${colorScheme}-${width}.png`, fullPage: true });
      }
      await unfold(page);
      found.push(...(await violations(page)).map((violation) => `${name}: ${violation}`));
      if ((await overflow(page)) > 0) found.push(`${name}: wider than the screen by ${await overflow(page)} px`);
    }
    expect(found).toEqual([]);
    expect(errors).toEqual([]);
  });
}
