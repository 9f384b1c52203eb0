import type { Browser, Page, WebSocketRoute } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addPerson } from '../support/api.ts';
import { addAlert, addPumps } from '../support/board.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { waitFor } from '../support/wait-for.ts';
import { launchBrowser, openViewer, signedIn, signIn, watching } from './browser.ts';

// Two hundred open alerts, each of which changes ten times a second: how much of the time is the page unable to answer? And
// five thousand pumps on the wall.

const alerts = 200;
const rounds = 30;
const everyMs = 100;

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

type Told = { type: string; head?: number; seq?: number; alerts?: Record<string, unknown>[] };

/** Counts what kept the page from answering while `work` runs: tasks over 50 ms, and the longest gap between frames. */
async function strain(page: Page, work: () => Promise<void>) {
  await page.evaluate(() => {
    const seen = { tasks: [] as number[], longestFrameMs: 0, frames: 0, from: performance.now(), over: false };
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.tasks.push(entry.duration);
    }).observe({ type: 'longtask' });
    let before = performance.now();
    const frame = (at: number) => {
      seen.longestFrameMs = Math.max(seen.longestFrameMs, at - before);
      seen.frames += 1;
      before = at;
      if (!seen.over) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    (window as unknown as { strain: typeof seen }).strain = seen;
  });
  await work();
  return page.evaluate(() => {
    const { strain: seen } = window as unknown as {
      strain: { tasks: number[]; longestFrameMs: number; frames: number; from: number; over: boolean };
    };
    seen.over = true;
    const ms = performance.now() - seen.from;
    const blockedMs = seen.tasks.reduce((sum, task) => sum + Math.max(0, task - 50), 0);
    return {
      longTasks: seen.tasks.length,
      longestTaskMs: Math.round(Math.max(0, ...seen.tasks)),
      longestFrameMs: Math.round(seen.longestFrameMs),
      framesPerS: Math.round((seen.frames * 1000) / ms),
      /** Share of the time in which a press would have waited longer than 50 ms. */
      blocked: Math.round((blockedMs / ms) * 1000) / 1000,
    };
  });
}

test('two hundred alerts that change ten times a second leave the board answering', { timeout: 120_000 }, async () => {
  const db = stack.database.pool;
  await addPumps(db, 'WARD', alerts);
  for (let n = 1; n <= alerts; n += 1) {
    await addAlert(db, { pump: `WARD-${String(n).padStart(4, '0')}`, priority: n % 20 === 0 ? 'high' : 'medium' });
  }
  const { page, errors } = await openViewer(browser);
  let link: WebSocketRoute | undefined;
  const known = new Map<unknown, Record<string, unknown>>();
  let head = 0;
  await page.routeWebSocket('**/api/v1/live', (opened) => {
    link = opened;
    const server = opened.connectToServer();
    server.onMessage((message) => {
      const frame: Told = JSON.parse(String(message));
      for (const alert of frame.alerts ?? []) known.set(alert.id, alert);
      head = Math.max(head, frame.head ?? 0, frame.seq ?? 0);
      opened.send(message);
    });
  });
  await page.goto(stack.url);
  await signIn(page, await addPerson(db, 'clinician'));
  await watching(page);
  await waitFor(async () => (await page.locator('main [data-alert]').count()) === alerts, { what: 'every row' });

  const nodes = () => page.evaluate(() => document.querySelectorAll('*').length);
  const before = await nodes();
  const still = await strain(page, () => page.waitForTimeout(1_000));
  const told = await strain(page, async () => {
    for (let round = 1; round <= rounds; round += 1) {
      const at = Date.now();
      for (const alert of known.values()) {
        head += 1;
        link?.send(JSON.stringify({ type: 'alert', seq: head, at, alert: { ...alert, count: round + 1 } }));
      }
      await page.waitForTimeout(everyMs);
    }
    await page
      .getByText(`× ${rounds + 1}`)
      .first()
      .waitFor();
  });
  console.log(`200 alerts × 10/s: ${JSON.stringify(told)}; standing still: ${JSON.stringify(still)}`);
  expect(told.blocked).toBeLessThan(0.25);
  expect(told.framesPerS).toBeGreaterThan(5);
  expect((await nodes()) / before).toBeLessThan(1.05);
  // A press is answered in the midst of it: the card opens.
  await page.locator('main button[data-alert]').first().click();
  await page.locator('article[data-chosen="true"]').waitFor({ timeout: 5_000 });
  expect(errors).toEqual([]);
});

test('five thousand pumps stand on the wall, are found by typing and keep the page responsive', {
  timeout: 90_000,
}, async () => {
  const fresh = await startStack({ dashboard: true, onRecord: ({ pool }) => addPumps(pool, 'WALL', 5_000) });
  try {
    const { page } = await signedIn(browser, fresh);
    await page.getByRole('link', { name: 'Pumps', exact: true }).click();
    await waitFor(async () => (await page.locator('[data-pump]').count()) === 5_000, {
      timeoutMs: 30_000,
      what: '5,000 tiles',
    });
    const typedAt = Date.now();
    await page.getByRole('searchbox').fill('WALL-4321');
    await waitFor(async () => (await page.locator('[data-pump]').count()) === 1, { what: 'one tile' });
    expect(Date.now() - typedAt).toBeLessThan(3_000);
    await page.getByRole('button', { name: 'List' }).click();
    await page.getByRole('searchbox').fill('');
    await page.getByRole('link', { name: 'WALL-0001' }).waitFor();
    // Only the rows in sight are in the page.
    expect(await page.getByRole('row').count()).toBeLessThan(100);
  } finally {
    await fresh.close();
  }
});
