import type { Browser, WebSocketRoute } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addPerson } from '../support/api.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { waitFor } from '../support/wait-for.ts';
import { launchBrowser, openViewer, signedIn, signIn, watching } from './browser.ts';

let stack: Stack;
let browser: Browser;
beforeAll(async () => {
  stack = await startStack({ dashboard: true });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await stack?.close();
});

test('frames that are no frames are counted, the board is asked for again, and the page lives on', async () => {
  const { page, errors } = await openViewer(browser);
  const links: WebSocketRoute[] = [];
  await page.routeWebSocket('**/api/v1/live', (link) => {
    link.connectToServer();
    links.push(link);
  });
  await page.goto(stack.url);
  await signIn(page, await addPerson(stack.database.pool, 'clinician'));
  await watching(page);
  for (const garbage of [
    'not json',
    '{}',
    '[]',
    '{"type":"alert","seq":"x"}',
    JSON.stringify({ type: 'tick', at: null }),
    'null',
  ]) {
    const before = links.length;
    links.at(-1)?.send(garbage);
    // The screen comes back over a new link for a whole snapshot.
    await waitFor(() => links.length > before, { what: 'a new link' });
    await page.getByText('could not be read').waitFor({ state: 'detached' });
    await page.getByText('Nobody needs you.').waitFor();
  }
  expect(errors).toEqual([]);
});

test('a hole in the feed’s numbers brings the screen back for what it missed', async () => {
  const { page } = await openViewer(browser);
  const links: WebSocketRoute[] = [];
  await page.routeWebSocket('**/api/v1/live', (link) => {
    link.connectToServer();
    links.push(link);
  });
  await page.goto(stack.url);
  await signIn(page, await addPerson(stack.database.pool, 'clinician'));
  await watching(page);
  const at = new Date().toISOString();
  const hops = {
    pumpAt: null,
    brokerAt: null,
    receivedAt: at,
    committedAt: at,
    sentAt: null,
    renderedAt: null,
    seenAt: null,
    acceptedAt: null,
  };
  const alert = {
    ...{ id: 'x', pump: null, infusion: null, type: 'x', priority: 'high', pumpPriority: null, condition: 'active' },
    ...{ responsibility: 'unassigned', owner: null, offeredTo: null, acceptedUntil: null, raisedAt: at, late: false },
    ...{
      endedAt: null,
      endReason: null,
      count: 1,
      message: 'From nowhere',
      detail: {},
      drug: null,
      neededSomebody: null,
      hops,
    },
  };
  links[0]?.send(JSON.stringify({ type: 'alert', seq: 1_000_000, at: Date.now(), alert }));
  await waitFor(() => links.length === 2, { what: 'a new link' });
  await watching(page);
  expect(await page.getByText('From nowhere').count()).toBe(0);
});

test('a session that ends elsewhere leads to the sign-in page', async () => {
  const { page } = await signedIn(browser, stack);
  await stack.database.pool.query('update session set ended_at = now()');
  await page.getByRole('button', { name: 'Sign in' }).waitFor({ timeout: 20_000 });
});

test('the page is served under a policy without inline code, and keeps it', async () => {
  const { page, errors } = await signedIn(browser, stack);
  const policy = (await page.request.get(stack.url)).headers()['content-security-policy'] ?? '';
  expect(policy).toContain("script-src 'self'");
  expect(policy).not.toContain('unsafe-inline');
  for (const path of ['/pumps', '/infusions', '/system', '/nowhere']) {
    await page.goto(stack.url + path);
    await watching(page);
  }
  expect(errors).toEqual([]);
});
