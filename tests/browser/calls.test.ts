import { mkdirSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addPerson, Person } from '../support/api.ts';
import { addAlert } from '../support/board.ts';
import { provisionPump } from '../support/broker.ts';
import { addPatient, addTherapy, assign, type MadePatient } from '../support/care.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { waitFor } from '../support/wait-for.ts';
import { overflow, violations } from './accessible.ts';
import { launchBrowser, openViewer, signedIn, signIn, watching } from './browser.ts';

let stack: Stack;
let browser: Browser;
let pharmacistEmail: string;
let patient: MadePatient;
let alert: string;
beforeAll(async () => {
  stack = await startStack({ dashboard: true });
  browser = await launchBrowser();
  pharmacistEmail = await addPerson(stack.database.pool, 'pharmacist');
  const pharmacist = await Person.signIn(stack.api, pharmacistEmail);
  const phones = [
    { whose: 'patient', number: '+46 70 555 01 01' },
    { whose: 'caregiver', name: 'Kim Exempel', number: '+1 (555) 010-0199' },
  ];
  patient = await addPatient(pharmacist, 'Jan Exempel', { phones, plan: 'No answer: call Kim, then welfare check.' });
  await addTherapy(pharmacist, patient, 'milrinone', { emergencyPlan: 'Backup pump within 15 min.' });
  await provisionPump(stack.database.pool, 'PUMP-0147');
  await assign(pharmacist, 'PUMP-0147', patient);
  alert = await addAlert(stack.database.pool, { pump: 'PUMP-0147', priority: 'high' });
  const due = new Date(Date.now() + 3_600_000).toISOString();
  const followUp = { text: 'ask whether it runs', dueAt: due };
  await pharmacist.post('/calls', { caller: 'caregiver', patient: patient.id, complaint: 'pump beeps', followUp });
});
afterAll(async () => {
  await browser?.close();
  await stack?.close();
});

/** Every address that the page asks for. */
function addresses(page: Page): string[] {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  return asked;
}

const screens: [string, string, string][] = [
  ['calls', '/calls', 'ask whether it runs'],
  ['hand-over', '/hand-over', 'Hand over: ask for the signature'],
  ['downtime', '/downtime-list', 'Backup pump within 15 min.'],
  ['guidance', '/guidance', 'In force ('],
];

for (const [colorScheme, width] of [
  ['light', 1440],
  ['dark', 360],
] as const) {
  test(`screens of calls and shifts are accessible and fit, ${colorScheme}, ${width} px`, {
    timeout: 90_000,
  }, async () => {
    const { page, errors } = await openViewer(browser, { width, height: 800, colorScheme });
    await page.goto(stack.url);
    await signIn(page, pharmacistEmail);
    await watching(page);
    const found: string[] = [];
    const judge = async (name: string) => {
      found.push(...(await violations(page)).map((violation) => `${name}: ${violation}`));
      if ((await overflow(page)) > 0) found.push(`${name}: wider than the screen by ${await overflow(page)} px`);
      const shots = process.env.SCREENSHOTS;
      if (!shots) return;
      mkdirSync(shots, { recursive: true });
      await page.screenshot({ path: `${shots}/${name}-${colorScheme}-${width}.png`, fullPage: true });
    };
    await page.getByRole('button', { name: 'Whom to call, emergency plan' }).click();
    await page.getByText('Backup pump within 15 min.').waitFor();
    await judge('what-to-do');
    for (const [name, path, words] of screens) {
      await page.goto(stack.url + path);
      await watching(page);
      await page.locator('main').getByText(words).first().waitFor();
      // Every form that unfolds; of the many alike on the guidance page the first ones.
      await page.evaluate(() => {
        for (const one of [...document.querySelectorAll('main details')].slice(0, 3)) one.setAttribute('open', '');
      });
      await judge(name);
    }
    await page.getByRole('button', { name: 'Log a call' }).click();
    await page.getByLabel('Phone number or name').fill('0199');
    await page.getByText('Only the last digits agree').waitFor();
    await judge('log-call');
    expect(found).toEqual([]);
    expect(errors).toEqual([]);
  });
}

test('a call is logged from anywhere by keys alone, within 20 s of typing; nothing of it stands in an address', async () => {
  const { page } = await signedIn(browser, stack);
  const asked = addresses(page);
  await page.goto(`${stack.url}/pumps`);
  await watching(page);
  let keys = 0;
  const press = async (key: string) => {
    keys += 1;
    await page.keyboard.press(key);
  };
  const type = async (text: string) => {
    keys += text.length;
    await page.keyboard.type(text);
  };
  await press('c');
  await type('15550100199');
  await page.getByRole('radio', { name: 'J.E.' }).waitFor();
  expect(await page.getByRole('radio', { name: 'J.E.' }).isChecked()).toBe(true);
  // Who calls follows from whose number it is.
  expect(await page.getByLabel('Who calls').inputValue()).toBe('caregiver');
  for (let n = 0; n < 4; n += 1) await press('Tab');
  await type('line leaks');
  await press('Tab');
  await type('clamp closed');
  await press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  // 280 keystrokes a minute is a slow typist: 20 s are 93.
  expect(keys).toBeLessThanOrEqual(60);
  await page.getByRole('link', { name: 'Calls', exact: true }).click();
  const item = page.locator('main li', { hasText: 'line leaks' });
  await item.getByText('J.E.').waitFor();
  expect(await item.innerText()).toMatch(/From the caregiver[\s\S]*Said: clamp closed/);
  expect(asked.filter((url) => /0199|leaks|clamp|Exempel/i.test(url))).toEqual([]);
  expect(await page.locator('main').innerText()).not.toMatch(/555|Exempel/);
});

test('what was typed of a call stays when the window is closed; a caller who is not found keeps a number', async () => {
  const { page } = await signedIn(browser, stack);
  await page.keyboard.press('c');
  await page.getByLabel('Phone number or name').fill('+44 20 7946 0000');
  await page.getByText('Not found').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await page.keyboard.press('c');
  await page.getByLabel('What about').fill('wrong number?');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  const { rows } = await stack.database.pool.query(
    `select patient_id, call_back_number from phone_call where complaint = 'wrong number?'`,
  );
  expect(rows).toEqual([{ patient_id: null, call_back_number: '+44 20 7946 0000' }]);
});

test('a key pressed before the frame in which a closed window gives up the focus is heard', async () => {
  const { page } = await signedIn(browser, stack);
  await page.keyboard.press('c');
  await page.getByLabel('Phone number or name').focus();
  await page.evaluate(() => {
    const field = document.activeElement;
    document.querySelector<HTMLDialogElement>('dialog[open]')?.close();
    field?.dispatchEvent(new KeyboardEvent('keydown', { key: 'c', bubbles: true }));
  });
  await page.getByLabel('What about').waitFor();
});

test('one tap calls from the alert; who was reached is asked, also after a reload, and stands on the alert', async () => {
  const { page } = await signedIn(browser, stack, 'clinician', { width: 360, height: 800 });
  const card = page.locator(`article[data-alert="${alert}"]`);
  await card.getByText('Default text, not read by a pharmacist. NOT FOR CLINICAL USE.').waitFor();
  await card.getByRole('button', { name: 'Whom to call, emergency plan' }).click();
  const kim = card.getByRole('link', { name: 'Kim Exempel' });
  expect(await kim.getAttribute('href')).toBe('tel:+15550100199');
  // There is no telephone behind this browser: the tap is heard, and goes nowhere.
  await page.evaluate(() => document.addEventListener('click', (event) => event.preventDefault(), { once: true }));
  await kim.click();
  await card.getByText('Did you reach the caregiver?').waitFor();
  expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }))).not.toMatch(/555|Exempel/);
  await page.reload();
  await watching(page);
  await card.getByText('Did you reach the caregiver?').waitFor();
  await card.getByLabel('What was agreed').fill('restarts it now');
  await card.getByRole('button', { name: 'Reached', exact: true }).click();
  await card.getByText('Reached the caregiver').first().waitFor();
  expect(await card.getByText('Did you reach').count()).toBe(0);
  const said = `select c.advice, a.note from phone_call c join alert_action a on a.detail ->> 'call' = c.call_id::text
                 where c.alert_id = $1`;
  const { rows } = await stack.database.pool.query(said, [alert]);
  expect(rows).toEqual([{ advice: 'restarts it now', note: 'Reached the caregiver' }]);
});

test('a pharmacist writes what to do, another one publishes it, and it stands on the alert', async () => {
  const { page: first } = await signedIn(browser, stack, 'pharmacist');
  await first.goto(`${stack.url}/guidance`);
  await first.getByText('Write for a type of alert').click();
  await first.getByLabel('Type of alert').selectOption({ label: 'Downstream occlusion' });
  await first.getByLabel('Steps, one in a line').fill('Call the caregiver.\nOpen the blue clamp.');
  await first.getByRole('button', { name: 'Save as draft' }).click();
  await first.getByText('it takes another pharmacist to publish it').waitFor();
  expect(await first.getByRole('button', { name: 'Publish' }).count()).toBe(0);

  const { page: second } = await signedIn(browser, stack, 'pharmacist');
  await second.goto(`${stack.url}/guidance`);
  await second.getByRole('button', { name: 'Publish' }).click();
  await second.getByText('Version 1 by').waitFor();

  const { page: nurse } = await signedIn(browser, stack);
  const card = nurse.locator(`article[data-alert="${alert}"]`);
  await card.getByText('Open the blue clamp.').waitFor();
  expect(await card.getByText('NOT FOR CLINICAL USE').count()).toBe(0);
});

test('a shift is handed over: one writes, the other signs and has it; the page of that moment stays', async () => {
  const [outgoing, incoming] = [await signedIn(browser, stack), await signedIn(browser, stack)];
  const name = async (page: Page) => (await page.locator('header[data-watch] summary').first().innerText()).trim();
  const to = (await name(incoming.page)).split('\n')[0] ?? '';
  await outgoing.page.locator(`[data-accept="${alert}"]`).click();
  await outgoing.page.getByText('You have it').first().waitFor();
  await outgoing.page.goto(`${stack.url}/hand-over`);
  await outgoing.page.getByText('You have 1 alert and 0 follow-ups').waitFor();
  const choice = outgoing.page.locator('select[name="to"]');
  await waitFor(async () => (await choice.locator('option').count()) > 1, { what: 'people to hand over to' });
  await choice.selectOption({ label: `${to}, clinician` });
  await outgoing.page.getByLabel('What the next person has to know').fill('J.E. is anxious');
  await outgoing.page.getByRole('button', { name: 'Hand over: ask for the signature' }).click();
  await outgoing.page.getByText(`Waits for ${to} to sign`).waitFor();

  await incoming.page.goto(`${stack.url}/hand-over`);
  await incoming.page.getByText('J.E. is anxious').waitFor();
  await incoming.page.getByText('1 accepted alert').waitFor();
  await incoming.page.getByRole('button', { name: 'I have read it and take over' }).click();
  await incoming.page.getByText('Signed before').waitFor();
  await incoming.page.getByRole('link', { name: to }).click();
  await incoming.page.getByText('1 alert and 0 follow-ups changed hands').waitFor();
  await incoming.page.goto(stack.url);
  await incoming.page.locator(`article[data-alert="${alert}"]`).getByText('You have it').waitFor();
});
