import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { onCallNow, policyPage, schedule, schedulePage, shifts } from '#schemas/http/on-call.ts';
import { addPerson, Person, shape } from '../support/api.ts';
import { provisionPump } from '../support/broker.ts';
import { addPatient, addTherapy, assign } from '../support/care.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { waitFor } from '../support/wait-for.ts';
import { overflow, violations } from './accessible.ts';
import { launchBrowser, openViewer, signIn, watching } from './browser.ts';

// Who is on call, and whom to call when nothing can be watched.

let stack: Stack;
let browser: Browser;
let adminEmail: string;
let admin: Person;
let pharmacistEmail: string;
/** Who has the clinical schedule when the file begins, and who has the next shift. */
let has: string;
let next: string;
const emails = new Map<string, string>();
const emailOf = (name: string) => emails.get(name) ?? '';
beforeAll(async () => {
  stack = await startStack({ dashboard: true });
  browser = await launchBrowser();
  const db = stack.database.pool;
  adminEmail = await addPerson(db, 'admin');
  admin = await Person.signIn(stack.api, adminEmail);
  const named = async (name: string) => {
    const email = await addPerson(db, 'clinician');
    emails.set(name, email);
    const { id } = await Person.signIn(stack.api, email);
    await db.query('update app_user set name = $2 where user_id = $1', [id, name]);
    return id;
  };
  const members = [await named('Ann Exempel'), await named('Bob Modell')];
  await alternate(members);
  const found = (await onCall()).schedules.find(({ id }) => id === 'clinical');
  [has, next] = [found?.now?.name ?? '', found?.next?.name ?? ''];

  pharmacistEmail = await addPerson(db, 'pharmacist');
  const pharmacist = await Person.signIn(stack.api, pharmacistEmail);
  const beds = [
    { name: 'Kim Aspen', drug: 'vancomycin', pump: 'PUMP-0033', number: '+46 70 555 01 03' },
    { name: 'Jan Modell', drug: 'milrinone', pump: 'PUMP-0034', number: '+46 70 555 01 04' },
  ];
  for (const { name, drug, pump, number } of beds) {
    const patient = await addPatient(pharmacist, name, { phones: [{ whose: 'patient', number }] });
    const { id: therapy } = await addTherapy(pharmacist, patient, drug);
    await provisionPump(db, pump);
    await assign(pharmacist, pump, patient, { therapy });
  }
});
afterAll(async () => {
  await browser?.close();
  await stack?.close();
});

const dayMs = 86_400_000;
const onCall = async () => shape(onCallNow, await admin.get('/on-call/now'));

/** Shifts of a day each; the hand-over is far from now, whatever the hour is. */
async function alternate(members: string[]): Promise<void> {
  const { items } = shape(schedulePage, await admin.get('/on-call/schedules'));
  const found = items.find(({ id }) => id === 'clinical');
  const handOver = new Date(Date.now() - dayMs / 2);
  const layer = {
    ...{
      name: 'days',
      timeZone: 'UTC',
      startsOn: new Date(handOver.getTime() - 10 * dayMs).toISOString().slice(0, 10),
    },
    ...{ handOverAt: handOver.toISOString().slice(11, 16), every: { count: 1, unit: 'day' }, members },
  };
  const body = { name: found?.name, layers: [layer], version: found?.version };
  shape(schedule, await admin.ask('PUT', '/on-call/schedules/clinical', body));
}

async function signedInAs(email: string, view: Parameters<typeof openViewer>[1] = {}) {
  const viewer = await openViewer(browser, view);
  await viewer.page.goto(stack.url);
  await signIn(viewer.page, email);
  await watching(viewer.page);
  return viewer;
}

async function onCallPage(view: Parameters<typeof openViewer>[1] = {}) {
  const viewer = await signedInAs(adminEmail, view);
  await viewer.page.goto(`${stack.url}/on-call`);
  await viewer.page.getByRole('heading', { name: 'Who is asked, in which order' }).waitFor();
  return viewer;
}

const panel = (page: Page, title: string) =>
  page.locator('main section', { has: page.getByRole('heading', { name: title, exact: true }) });
/** Who the page says has the clinical schedule now. */
const nowOf = (page: Page) => panel(page, 'Now').getByRole('listitem').filter({ hasText: 'Clinical on call' });
const focusedName = (page: Page) =>
  page.evaluate(() =>
    document.activeElement instanceof HTMLElement ? document.activeElement.getAttribute('name') : null,
  );
const focusedWords = (page: Page) => page.evaluate(() => document.activeElement?.textContent);
/** What is typed into a field of local time. */
const local = (at: number) => new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

for (const [colorScheme, width] of [
  ['light', 1440],
  ['dark', 360],
] as const) {
  test(`the page of on call and its forms are accessible and fit, ${colorScheme}, ${width} px`, async () => {
    const { page, errors } = await onCallPage({ width, height: 800, colorScheme });
    const found: string[] = [];
    const judge = async (name: string) => {
      found.push(...(await violations(page)).map((violation) => `${name}: ${violation}`));
      if ((await overflow(page)) > 0) found.push(`${name}: wider than the screen by ${await overflow(page)} px`);
    };
    await judge('on call');
    await page.getByRole('button', { name: 'Somebody stands in' }).click();
    await page.getByRole('button', { name: 'Change High alerts' }).click();
    await page.getByText('1 layer').click();
    await page.getByRole('button', { name: 'Change the layers of Clinical on call' }).click();
    await page.getByRole('button', { name: 'Only at certain times' }).click();
    await page.getByRole('button', { name: 'My shifts as a calendar' }).click();
    await page.getByText('Password, told once').waitFor();
    await judge('override, policy, layers, calendar');
    await panel(page, 'Overrides and swaps').getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Two shifts change hands' }).click();
    await page.getByLabel('One shift').waitFor();
    await judge('swap');
    expect(found).toEqual([]);
    expect(errors).toEqual([]);
  });
}

test('by keys alone somebody stands in: they have it now, the others have it again when it is removed', async () => {
  const { page } = await onCallPage();
  await nowOf(page).getByText(has).waitFor();
  await page.getByRole('button', { name: 'Somebody stands in' }).focus();
  await page.keyboard.press('Enter');
  // The button is gone; the form has the keys.
  await waitFor(async () => (await focusedName(page)) === 'schedule', { what: 'the first field to have the focus' });
  await page.keyboard.press('Tab');
  await page.keyboard.type(next.slice(0, 3));
  await page.keyboard.press('Tab');
  await page.getByLabel('From (your time)').fill(local(Date.now() - 60_000));
  await page.getByLabel('Until (your time)').fill(local(Date.now() - 120_000));
  await page.getByLabel('Why').focus();
  await page.keyboard.type('ill');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('until: has to be after from').waitFor();
  await page.getByLabel('Until (your time)').fill(local(Date.now() + 3_600_000));
  await page.getByLabel('Why').focus();
  await page.keyboard.press('Enter');
  await nowOf(page).getByText(next, { exact: true }).waitFor();
  await nowOf(page).getByText('override').waitFor();
  await nowOf(page).getByText(`then ${has}`).waitFor();
  await waitFor(async () => (await focusedWords(page)) === 'Somebody stands in', { what: 'the focus to come back' });
  await panel(page, 'Clinical on call').getByText('override').first().waitFor();
  expect((await onCall()).schedules[0]).toMatchObject({ now: { name: next }, next: { name: has } });

  await page.getByRole('button', { name: `Remove the override of ${next}` }).focus();
  await page.keyboard.press('Enter');
  await nowOf(page).getByText(has, { exact: true }).waitFor();
  await page.getByText('None ahead: everybody has their own shifts.').waitFor();
});

test('two shifts change hands: who has the next one has this one', async () => {
  const { page } = await onCallPage();
  await page.getByRole('button', { name: 'Two shifts change hands' }).press('Enter');
  await page.getByLabel('One shift').selectOption({ index: 0 });
  await page.getByLabel('The other').selectOption({ index: 2 });
  await page.getByRole('button', { name: 'They change hands' }).click();
  await page.getByRole('alert').getByText('there is nothing to exchange').waitFor();
  await page.getByLabel('The other').selectOption({ index: 1 });
  await page.getByLabel('Why').fill('a wedding');
  await page.getByLabel('Why').press('Enter');
  await nowOf(page).getByText(next, { exact: true }).waitFor();
  await nowOf(page).getByText(`then ${has}`).waitFor();
  const halves = panel(page, 'Overrides and swaps').getByRole('listitem').filter({ hasText: 'one half of a swap' });
  expect(await halves.count()).toBe(2);
  expect((await halves.allInnerTexts()).every((text) => text.includes('a wedding'))).toBe(true);
  for (let left = 2; left > 0; left -= 1) {
    await halves.first().getByRole('button', { name: 'Remove' }).click();
    await waitFor(async () => (await halves.count()) === left - 1, { what: `${left - 1} halves` });
  }
  await nowOf(page).getByText(has, { exact: true }).waitFor();
});

test('one’s own shift is offered; it changes hands when the other says yes on their own screen', async () => {
  const mine = await signedInAs(emailOf(has));
  const theirs = await signedInAs(emailOf(next));
  for (const { page } of [mine, theirs]) await page.goto(`${stack.url}/on-call`);
  await mine.page.getByRole('button', { name: 'Offer a shift of mine' }).press('Enter');
  const ahead = async () => {
    const { items } = shape(shifts, await admin.get('/on-call/schedules/clinical/shifts'));
    return items.slice(1, 3).map(({ user }) => user?.name);
  };
  expect(await ahead()).toEqual([next, has]);
  await mine.page.getByLabel('Why').fill('a wedding');
  expect(await violations(mine.page)).toEqual([]);
  await mine.page.getByRole('button', { name: 'Offer it' }).click();
  await mine.page.getByRole('button', { name: 'Take it back' }).waitFor();
  expect(await ahead()).toEqual([next, has]);
  await theirs.page.reload();
  const offer = theirs.page.getByRole('region', { name: 'Offered, not yet answered' });
  await offer.getByText('a wedding').waitFor();
  expect(await violations(theirs.page)).toEqual([]);
  await offer.getByRole('button', { name: 'Yes, I take it' }).click();
  await panel(theirs.page, 'Overrides and swaps').getByText('one half of a swap').first().waitFor();
  expect(await ahead()).toEqual([has, next]);
  expect([...mine.errors, ...theirs.errors]).toEqual([]);
  await stack.database.pool.query('update on_call_override set removed_at = now()');
});

test('a schedule is made on the screen: layers, turns, times; a wrong one is refused in words', async () => {
  const { page } = await onCallPage();
  const backup = panel(page, 'Clinical backup');
  await backup.getByText('No layers yet').waitFor();
  await backup.getByRole('button', { name: 'Change the layers of Clinical backup' }).press('Enter');
  await backup.getByRole('button', { name: 'Add a layer' }).click();
  const layer = backup.getByRole('group', { name: 'Layer 1' });
  await layer.getByLabel('Name').fill('Nights');
  await layer.getByLabel('Time zone').fill('Mars/Olympus');
  await layer.getByLabel('First hand-over on').fill('2026-01-05');
  await layer.getByLabel('Turn 1').selectOption({ label: 'Ann Exempel' });
  await layer.getByRole('button', { name: 'Add a turn' }).click();
  await layer.getByLabel('Turn 2').selectOption({ label: 'Bob Modell' });
  await layer.getByRole('button', { name: 'Only at certain times' }).click();
  await layer.getByLabel('Sun').uncheck();
  await backup.getByRole('button', { name: 'It counts from now on' }).click();
  await backup.getByRole('alert').getByText('an IANA time zone').waitFor();
  await layer.getByLabel('Time zone').fill('Australia/Lord_Howe');
  await backup.getByRole('button', { name: 'It counts from now on' }).click();
  await waitFor(async () => (await focusedWords(page)) === 'Change', { what: 'the focus to come back' });
  await backup.getByText('1 layer').click();
  await backup.getByText('in turn Ann Exempel, Bob Modell; only Mon, Tue, Wed, Thu, Fri, Sat 18:00–07:00.').waitFor();
  const { items } = shape(schedulePage, await admin.get('/on-call/schedules'));
  expect(items.find(({ id }) => id === 'clinical-backup')?.layers).toMatchObject([
    { name: 'Nights', timeZone: 'Australia/Lord_Howe', startsOn: '2026-01-05', every: { count: 1, unit: 'week' } },
  ]);
});

test('a policy is changed in sentences; a wrong one and somebody else’s change in between are refused in words', async () => {
  const { page } = await onCallPage();
  const high = page.getByRole('region', { name: 'High alerts' });
  const change = () => page.getByRole('button', { name: 'Change High alerts' }).press('Enter');
  await change();
  await waitFor(() => page.evaluate(() => document.activeElement?.tagName === 'SELECT'), { what: 'focus in the form' });
  const lastStep = high.getByRole('group', { name: 'Step 4' });
  await lastStep.getByLabel('Whom').selectOption({ label: 'on call: Clinical on call' });
  await high.getByRole('button', { name: 'It counts from now on' }).click();
  await high.getByRole('alert').getByText('has to ask a group').waitFor();
  await lastStep.getByLabel('Whom').selectOption({ label: 'everybody who answers alerts' });
  await high.getByRole('group', { name: 'Step 1' }).getByLabel('Next step after').fill('100');

  const { items } = shape(policyPage, await admin.get('/on-call/policies'));
  const known = items.find(({ id }) => id === 'clinical-high');
  const steps = known?.steps.map((step, i) => (i === 1 ? { ...step, nextAfterS: 240 } : step));
  const other = await admin.ask('PUT', '/on-call/policies/clinical-high', {
    ...{ name: known?.name, version: known?.version, steps },
  });
  expect(other.status).toBe(200);
  // The page reads everything anew when one comes back to it; what stands in the form is still the older version.
  let readAnew = false;
  page.on('requestfinished', (request) => {
    if (request.url().endsWith('/on-call/policies')) readAnew = true;
  });
  await waitFor(
    async () => {
      await page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')));
      return readAnew;
    },
    { what: 'the policies to be read anew', everyMs: 200 },
  );
  await high.getByRole('button', { name: 'It counts from now on' }).click();
  await high.getByRole('alert').getByText('was changed meanwhile').waitFor();
  await high.getByRole('button', { name: 'Cancel' }).click();
  await high.getByText('4 min later').waitFor();
  await change();
  await high.getByRole('group', { name: 'Step 1' }).getByLabel('Next step after').fill('100');
  await high.getByRole('button', { name: 'It counts from now on' }).press('Enter');
  await high.getByText('100 s later').waitFor();
  await high.getByText('4 min later').waitFor();
  await high.getByText(`Version ${(known?.version ?? 0) + 2}`).waitFor();
  await waitFor(async () => (await focusedWords(page)) === 'Change', { what: 'the focus to come back' });
});

for (const [colorScheme, width] of [
  ['light', 1440],
  ['dark', 360],
] as const) {
  test(`the phone list stands on a screen that can’t be trusted, ★ first, without asking the server, ${width} px`, async () => {
    const { page, context } = await openViewer(browser, { width, height: 800, colorScheme });
    let silent = false;
    let cut: ((frame: object) => void) | undefined;
    await page.routeWebSocket('**/api/v1/live', (link) => {
      link.connectToServer().onMessage((message) => {
        if (!silent) link.send(message);
      });
      cut = (frame) => {
        silent = true;
        link.send(JSON.stringify(frame));
      };
    });
    await page.goto(stack.url);
    const list = page.waitForResponse('**/api/v1/downtime-list');
    await signIn(page, pharmacistEmail);
    await watching(page);
    await (await list).finished();
    await context.setOffline(true);
    const facts = { head: 0, at: Date.now(), pathAgeMs: 60_000, db: { up: true, downSince: null } };
    cut?.({ type: 'tick', ...facts, fleet: { pumps: 2, silent: 0 }, screens: 1 });
    const screen = page.getByRole('alertdialog', { name: 'NOT MONITORED' });
    await screen.getByText('2 pumps, ★ first').waitFor();
    const pumps = await screen.locator('details li').allInnerTexts();
    expect(pumps.map((text) => text.split('\n')[0])).toEqual([
      '★ J.M. · milrinone · PUMP-0034',
      'K.A. · vancomycin · PUMP-0033',
    ]);
    const calls = screen.getByRole('link');
    expect(await calls.first().getAttribute('href')).toBe('tel:+46705550104');
    // Nothing but what is needed stands there: initials, no name.
    expect(await page.locator('body').innerText()).not.toMatch(/Aspen|Jan Modell/);
    expect(await violations(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    // The first number is reached by keys alone.
    await screen.locator('summary').focus();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('href'))).toBe('tel:+46705550104');
  });
}
