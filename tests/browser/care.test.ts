import { mkdirSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addPerson, Person, testPassword } from '../support/api.ts';
import { provisionPump } from '../support/broker.ts';
import { addPatient, addTherapy, assign, type MadePatient } from '../support/care.ts';
import { HandPump } from '../support/ingest.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { waitFor } from '../support/wait-for.ts';
import { overflow, violations } from './accessible.ts';
import { launchBrowser, openViewer, signedIn, signIn, watching } from './browser.ts';

let stack: Stack;
let browser: Browser;
let pharmacist: Person;
let pharmacistEmail: string;
beforeAll(async () => {
  stack = await startStack({ dashboard: true });
  browser = await launchBrowser();
  pharmacistEmail = await addPerson(stack.database.pool, 'pharmacist');
  pharmacist = await Person.signIn(stack.api, pharmacistEmail);
});
afterAll(async () => {
  await browser?.close();
  await stack?.close();
});

const order = {
  drug: 'fluorouracil',
  concentration: { amount: 45.57, unit: 'mg', perMl: 1 },
  ...{ rateMlPerH: 1.2, volumeMl: 115.2, totalDose: { amount: 5250, unit: 'mg' }, durationMin: 5760 },
};
const { drug: _drug, totalDose: _total, ...readAnew } = order;

type Care = { patient: MadePatient; therapy: string; draftTherapy: string; infusion: string; other: MadePatient };
let care: Promise<Care> | undefined;

/** A patient with a verified order, another one whose order waits, and a pump that runs 24 times the order. */
async function fill(): Promise<Care> {
  const phones = [
    { whose: 'patient', number: '+46 70 555 01 01' },
    { whose: 'caregiver', name: 'Kim Exempel', number: '+46 70 555 01 02' },
  ];
  const more = {
    phones,
    plan: 'No answer: call Kim, then ask the police for a welfare check.',
    allergies: 'penicillin',
  };
  const patient = await addPatient(pharmacist, 'Jan Exempel', more);
  const other = await addPatient(pharmacist, 'Maja Modell');
  const emergencyPlan = 'Stop the pump, close the clamp. Antidote: uridine triacetate, within 96 h.';
  const therapy = await addTherapy(pharmacist, patient, 'fluorouracil', { emergencyPlan });
  const draftTherapy = await addTherapy(pharmacist, other, 'fluorouracil');
  const second = await Person.signIn(stack.api, await addPerson(stack.database.pool, 'pharmacist'));
  const { body } = await pharmacist.post('/orders', { therapy: therapy.id, ...order });
  const id = typeof body === 'object' && body !== null && 'id' in body ? String(body.id) : '';
  expect((await second.post(`/orders/${id}/verify`, readAnew)).status).toBe(200);
  expect((await second.post('/orders', { therapy: draftTherapy.id, ...order })).status).toBe(201);

  const hand = await HandPump.connect(stack.broker, await provisionPump(stack.database.pool, 'PUMP-0147'));
  await assign(pharmacist, 'PUMP-0147', patient, { from: new Date(Date.now() - 3_600_000).toISOString() });
  const concentration = { amount: 45.57, unit: 'mg', perMl: 1 };
  await hand.send('event', [
    hand.record({
      ...{ kind: 'programme', infusion: 1, drug: 'fluorouracil', concentration, mode: 'continuous' },
      ...{ rateMlPerH: 28.8, vtbiMl: 115.2 },
    }),
    hand.record({ kind: 'delivery', infusion: 1, segment: 1, phase: 'start', rateMlPerH: 28.8 }),
  ]);
  await hand.send('telemetry', [hand.sample({ rateMlPerH: 28.8, reservoirMl: 114, infusedMl: 0.6 })]);
  const code = 'MDC_EVT_PUMP_FLOW_FREE';
  await hand.send('alarm', [
    hand.record({ kind: 'alarm', alarm: 1, phase: 'start', infusion: 1, code, priority: 'high' }),
  ]);
  await hand.acknowledged();
  const found = await stack.database.pool.query<{ id: string }>('select infusion_id as id from infusion');
  return { patient, other, therapy: therapy.id, draftTherapy: draftTherapy.id, infusion: found.rows[0]?.id ?? '' };
}

const filled = () => {
  care ??= fill();
  return care;
};

const screens: [string, (care: Care) => string, string][] = [
  ['alerts', () => '/', '☎ Contacts'],
  ['contact sheet', ({ patient }) => `/patients/${patient.id}`, 'Antidote'],
  ['orders', () => '/orders', 'Waiting for a second pharmacist (1)'],
  ['therapy', ({ therapy }) => `/therapies/${therapy}`, 'Order, version 1: counts'],
  ['draft', ({ draftTherapy }) => `/therapies/${draftTherapy}`, 'Verify: it counts from now on'],
  ['pump', () => '/pumps/PUMP-0147', 'It is no longer with J.E.'],
  ['infusion', ({ infusion }) => `/infusions/${infusion}`, '28.8 mL/h is 24 times the ordered 1.2 mL/h'],
];

/** Opens everything that unfolds, so that forms are judged too. */
const unfold = (page: Page) =>
  page.evaluate(() => {
    for (const one of document.querySelectorAll('main details')) one.setAttribute('open', '');
  });

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1440, 360]) {
    test(`screens of care are accessible and fit, ${colorScheme}, ${width} px`, { timeout: 120_000 }, async () => {
      const given = await filled();
      const { page, errors } = await openViewer(browser, { width, height: 800, colorScheme });
      await page.goto(stack.url);
      await signIn(page, pharmacistEmail, testPassword);
      await watching(page);
      const found: string[] = [];
      for (const [name, path, words] of screens) {
        await page.goto(stack.url + path(given));
        await watching(page);
        await page.locator('main').getByText(words).filter({ visible: true }).first().waitFor();
        await unfold(page);
        found.push(...(await violations(page)).map((violation) => `${name}: ${violation}`));
        if ((await overflow(page)) > 0) found.push(`${name}: wider than the screen by ${await overflow(page)} px`);
        const shots = process.env.SCREENSHOTS;
        if (shots) {
          mkdirSync(shots, { recursive: true });
          await page.screenshot({ path: `${shots}/${name}-${colorScheme}-${width}.png`, fullPage: true });
        }
      }
      expect(found).toEqual([]);
      expect(errors).toEqual([]);
    });
  }
}

test('the infusion page puts what was programmed beside what was ordered, what differs first', async () => {
  const { infusion } = await filled();
  const { page } = await openViewer(browser, { width: 360, height: 800 });
  await page.goto(stack.url);
  await signIn(page, pharmacistEmail, testPassword);
  await watching(page);
  await page.goto(`${stack.url}/infusions/${infusion}`);
  const beside = page.getByRole('table', { name: 'The programme beside the order' });
  const rate = beside.getByRole('row', { name: /^rate/i });
  await rate.waitFor();
  expect(await rate.innerText()).toMatch(/28\.8 mL\/h differs\s+1\.2 mL\/h/);
  const outcomes = await beside.locator('tbody tr').evaluateAll((rows) => rows.map((row) => row.dataset.outcome));
  expect(outcomes.lastIndexOf('differs')).toBeLessThan(outcomes.indexOf('agrees'));
});

test('a nurse opens the contact sheet from the alert: one tap calls, and the opening is written down', async () => {
  const { patient } = await filled();
  const { page } = await signedIn(browser, stack, 'clinician', { width: 360, height: 800 });
  await page.getByRole('link', { name: '☎ Contacts' }).first().click();
  await page.getByRole('heading', { name: 'Jan Exempel' }).waitFor();
  const calls = page.getByRole('region', { name: 'Whom to call' }).getByRole('link');
  expect(await calls.nth(1).getAttribute('href')).toBe('tel:+46705550102');
  const audit = `select detail ->> 'alert' as alert from audit where action = 'patient.contact-sheet' and subject = $1
                 and actor_name like 'clinician%'`;
  const opened = await stack.database.pool.query<{ alert: string | null }>(audit, [patient.id]);
  expect(opened.rows).toEqual([{ alert: expect.stringMatching(/^[0-9a-f-]{36}$/) }]);
  await page.goBack();
  await page.getByRole('link', { name: '☎ Contacts' }).first().waitFor();
});

test('a technician sees initials and no way to a contact sheet', async () => {
  const { patient } = await filled();
  const { page } = await signedIn(browser, stack, 'technician');
  await page.locator('main').getByText('J.E.').first().waitFor();
  expect(await page.getByRole('link', { name: '☎ Contacts' }).count()).toBe(0);
  await page.goto(`${stack.url}/patients/${patient.id}`);
  await page.getByText('not for your role').waitFor();
  expect(await page.getByText('Exempel').count()).toBe(0);
});

test('a second pharmacist enters the order anew without seeing it; what differs is named, then it counts', async () => {
  const { draftTherapy } = await filled();
  const { page } = await signedIn(browser, stack, 'pharmacist');
  await page.getByRole('link', { name: 'Orders' }).click();
  await page.getByRole('link', { name: 'M.M. · fluorouracil · version 1' }).click();
  await page.getByText('Read the prescription').waitFor();
  expect(await page.locator('main').innerText()).not.toMatch(/45\.57 mg|115\.2 mL/);
  const numbers = { Concentration: '45.57', Unit: 'mg', 'Rate, mL/h': '1.2', 'Volume, mL': '100', 'Duration, h': '96' };
  for (const [label, value] of Object.entries(numbers)) await page.getByLabel(label, { exact: true }).fill(value);
  await page.getByRole('button', { name: 'Verify' }).click();
  await page.getByRole('alert').getByText('the two entries differ').waitFor();
  expect(page.url()).toContain(draftTherapy);
  await page.getByLabel('Volume, mL', { exact: true }).fill('115.2');
  await page.getByRole('button', { name: 'Verify' }).click();
  await page.getByRole('heading', { name: 'Order, version 1: counts' }).waitFor();
});

test('a pump given to the wrong patient is put right at the bedside; the wrong row stays, struck through', async () => {
  await filled();
  const { page } = await signedIn(browser, stack, 'clinician');
  await page.goto(`${stack.url}/pumps/PUMP-0147`);
  await page.getByText('This was wrong: correct it').click();
  await page.getByLabel('Find the patient').fill('modell');
  const choice = page.getByRole('combobox', { name: 'Patient', exact: true });
  await waitFor(async () => (await choice.locator('option').count()) === 2, { what: 'the patient in the list' });
  await choice.selectOption({ index: 1 });
  await page.getByLabel('Label on the pump, as printed').fill('PUMP-0033');
  await page.getByLabel('as the patient says it', { exact: true }).fill('Maja Modell');
  await page.getByLabel('as the patient says it (1953-04-17)').fill('1953-04-17');
  await page.getByLabel('Why it was wrong').fill('two bags swapped');
  await page.getByRole('button', { name: 'Correct: it was with this patient' }).click();
  await page.getByRole('alert').getByText('you may hold another pump').waitFor();
  await page.getByLabel('Label on the pump, as printed').fill('PUMP-0147');
  await page.getByRole('button', { name: 'Correct: it was with this patient' }).click();
  await page.locator('s', { hasText: 'J.E.' }).waitFor();
  await page.getByText('wrong: two bags swapped').waitFor();
  await page.locator('main strong', { hasText: 'M.M.' }).first().waitFor();
});
