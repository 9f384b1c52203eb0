import { mkdirSync } from 'node:fs';
import type { Browser, Page, WebSocketRoute } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { system } from '#schemas/http/administration.ts';
import { addPerson, Person, shape } from '../support/api.ts';
import { addAlert, addPumps, putAlertsAway } from '../support/board.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { overflow, violations } from './accessible.ts';
import { launchBrowser, openViewer, signIn, type View, watching } from './browser.ts';
import { aNight, type Night } from './night.ts';

// Every state in which the board can be, looked at in light and dark, on a desk and on a phone. PICTURES=directory keeps
// what was looked at.

let stack: Stack;
let browser: Browser;
let night: Night | undefined;
beforeAll(async () => {
  stack = await startStack({ dashboard: true });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await stack?.close();
});

/** What the rules found themselves is put away; the states say what stands there. */
async function beginNight(): Promise<void> {
  night ??= await aNight(stack);
  await clear();
}

const db = () => stack.database.pool;
const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();

const clear = () => putAlertsAway(db());

const on = (pump: string) => ({ pump, ...(night?.infusions[pump] && { infusion: night.infusions[pump] }) });

function programme(facts: Parameters<typeof addAlert>[1] = {}): Promise<string> {
  const words = '28.8 mL/h is 24 times the ordered 1.2 mL/h';
  const detail = {
    differences: [{ field: 'rateMlPerH', outcome: 'differs', priority: 'high', named: '×24', words }],
    notChecked: ['dose rate not checked: the order has no dose rate'],
    ...{ critical: false, harmAt: inMinutes(238), emptyAt: inMinutes(238), harmBecause: 'all given too fast' },
  };
  return addAlert(db(), {
    ...{ ...on('PUMP-0147'), priority: 'high', type: 'programme-against-order', message: words, detail },
    raisedAt: inMinutes(-1.2),
    ...facts,
  });
}
const occlusion = (facts: Parameters<typeof addAlert>[1] = {}) =>
  addAlert(db(), { ...on('PUMP-0033'), raisedAt: inMinutes(-9), ...facts });
const silent = () =>
  addAlert(db(), {
    ...{ ...on('PUMP-0034'), priority: 'high', type: 'silent-pump', message: 'The pump is silent' },
    detail: { critical: true, emptyAt: inMinutes(80), harmAt: inMinutes(45), harmBecause: 'without the drug' },
    raisedAt: inMinutes(-14),
  });
const nearEnd = () =>
  addAlert(db(), {
    ...{ ...on('PUMP-0058'), priority: 'low', type: 'MDC_EVT_VOL_INFUS_NEAR_COMP', message: 'Near end of infusion' },
    raisedAt: inMinutes(-3),
  });

const pictures = process.env.PICTURES;
const desk = { width: 1440, height: 900 };
const phone = { width: 360, height: 760 };
/** Twice the screens take twice the time. */
const long = pictures || process.env.LONG_TESTS ? 3 : 1;
/** Both sizes and both themes in two screens; all four where pictures are taken or there is time. */
const views: View[] = [
  { ...desk, colorScheme: 'light' },
  { ...phone, colorScheme: 'dark' },
  ...(pictures || process.env.LONG_TESTS
    ? [{ ...desk, colorScheme: 'dark' } as const, { ...phone, colorScheme: 'light' } as const]
    : []),
];

type Frames = (at: number) => object[];
type Seen = {
  name: string;
  page: Page;
  errors: string[];
  /** Tells this screen something at once and at each tick of the server, in its place; null: the server is heard again. */
  inPlaceOfTicks(frames: Frames | null): void;
};

/**
 * One screen of each kind for this person, which can be told something else than the server says, again at each tick: what
 * is said once the server's next tick undoes within a second, before a busy machine has looked.
 */
function screensOf(email: string): Promise<Seen[]> {
  return Promise.all(
    views.map(async (view) => {
      const { page, errors } = await openViewer(browser, view);
      const name = `${view.width}-${view.colorScheme}`;
      let link: WebSocketRoute | undefined;
      let inPlace: Frames | null = null;
      const sayInPlace = () => {
        for (const frame of inPlace?.(Date.now()) ?? []) link?.send(JSON.stringify(frame));
      };
      await page.routeWebSocket('**/api/v1/live', (opened) => {
        link = opened;
        opened.connectToServer().onMessage((message) => {
          const isTick = JSON.parse(String(message)).type === 'tick';
          if (isTick && inPlace !== null) sayInPlace();
          else opened.send(message);
        });
      });
      await page.goto(stack.url);
      await signIn(page, email);
      await watching(page);
      const inPlaceOfTicks = (frames: Frames | null) => {
        inPlace = frames;
        sayInPlace();
      };
      return { name, page, errors, inPlaceOfTicks };
    }),
  );
}

async function person(role: 'clinician' | 'display', name: string): Promise<{ email: string; id: string }> {
  const email = await addPerson(db(), role);
  const { id } = await Person.signIn(stack.api, email);
  await db().query('update app_user set name = $2 where user_id = $1', [id, name]);
  return { email, id };
}

type State = {
  name: string;
  words: string | RegExp;
  arrange?: () => Promise<unknown>;
  /** What a person then does on each screen. */
  act?: (page: Page) => Promise<void>;
  /** Said in the server's place. */
  frames?: Frames;
};

const shows = (page: Page, words: string | RegExp) => page.locator('body').getByText(words).first().waitFor();

async function look(screens: Seen[], states: State[]): Promise<string[]> {
  const found: string[] = [];
  for (const { name, words, arrange, act, frames } of states) {
    await arrange?.();
    for (const screen of screens) screen.inPlaceOfTicks(frames ?? null);
    for (const screen of screens) {
      const { page } = screen;
      await shows(page, words).catch(async (cause) => {
        const said = await page.locator('body').innerText();
        throw new Error(`${name}, ${screen.name}: “${words}” is not shown, but: ${said.slice(0, 1_000)}`, { cause });
      });
      await act?.(page);
      const said = [...(await violations(page))];
      if ((await overflow(page)) > 0) said.push(`wider than the screen by ${await overflow(page)} px`);
      found.push(...said.map((one) => `${name}, ${screen.name}: ${one}`));
      if (pictures) {
        mkdirSync(pictures, { recursive: true });
        // A flashing mark is taken as it stands, not in the half second in which it is away.
        const path = `${pictures}/${name.replaceAll(' ', '-')}-${screen.name}.png`;
        await page.screenshot({ path, animations: 'disabled' });
      }
    }
  }
  for (const { errors, name } of screens) found.push(...errors.map((error) => `${name}: ${error}`));
  return found;
}

const fold = async (page: Page) => {
  for (const button of await page.getByRole('button', { name: 'Cancel' }).all()) await button.click();
};

test('every state of the board is accessible and fits, light and dark, desk and phone', {
  timeout: long * 240_000,
}, async () => {
  await beginNight();
  const me = await person('clinician', 'M. Okafor');
  const other = await person('clinician', 'S. Lindqvist');
  const screens = await screensOf(me.email);
  const mine = { responsibility: 'accepted', owner: me.id, acceptedForS: 540, seen: true } as const;
  const found = await look(screens, [
    { name: 'empty', words: 'Nobody needs you.' },
    {
      name: 'one high',
      words: 'Ordered 1.2 mL/h',
      arrange: () => programme({ responsibility: 'offered', offeredTo: me.id }),
    },
    {
      name: 'two highs',
      words: 'The pump is silent',
      arrange: () => Promise.all([silent(), occlusion({ ...mine }), nearEnd()]),
    },
    {
      name: 'pass on',
      words: 'Pass on',
      act: async (page) => page.getByRole('button', { name: 'Pass on' }).first().click(),
    },
    {
      name: 'accepted by me',
      words: 'You have it',
      arrange: async () => {
        await clear();
        await programme({ ...mine });
      },
      act: async (page) => page.getByRole('button', { name: 'Done' }).first().click(),
    },
    {
      name: 'accepted by another',
      words: 'S. Lindqvist has it',
      arrange: async () => {
        await clear();
        await programme({ ...mine, owner: other.id });
      },
    },
    {
      name: 'lapsed and declined',
      words: 'did not finish',
      act: fold,
      arrange: async () => {
        await clear();
        // Medium and new: nobody is asked anew before its five minutes are over.
        const now = { priority: 'medium', raisedAt: inMinutes(0), seen: true } as const;
        await programme({ ...now, responsibility: 'lapsed', owner: other.id });
        await occlusion({ ...now, responsibility: 'declined' });
      },
    },
    {
      name: 'flood',
      words: '8 more alerts',
      arrange: async () => {
        await clear();
        const messages = ['Downstream occlusion', 'Air in line', 'Door or cassette open', 'Check the infusion set'];
        for (const message of [...messages, 'Upstream occlusion', 'Paused too long', 'Callback', 'Battery low'])
          await occlusion({ message });
        await silent();
      },
    },
    {
      name: 'ended unseen',
      words: 'Ended, not yet seen (1)',
      arrange: async () => {
        await clear();
        await nearEnd();
        await programme({ condition: 'ended', endedAgoS: 60 });
      },
      act: async (page) => {
        for (const summary of await page.locator('main details:not([open]) > summary').all()) await summary.click();
      },
    },
    {
      name: 'two hundred',
      words: 'PUMP-0147',
      arrange: async () => {
        await clear();
        await addPumps(db(), 'WARD', 198);
        for (let n = 1; n <= 198; n += 1)
          await addAlert(db(), {
            pump: `WARD-${String(n).padStart(4, '0')}`,
            priority: n % 40 === 0 ? 'high' : 'medium',
          });
        await programme();
        await silent();
      },
    },
    {
      name: 'not recorded',
      words: /NOT RECORDED SINCE/,
      arrange: async () => {
        await clear();
        await programme();
      },
      frames: (at) => [
        tick(at, { db: { up: false, downSince: at - 40_000 } }),
        { type: 'provisional', at, since: at - 40_000, alerts: [provisional(at)] },
      ],
    },
    { name: 'stale', words: 'No record came through', frames: (at) => [tick(at, { pathAgeMs: 20_000 })] },
    { name: 'not monitored', words: 'Last trusted record', frames: (at) => [tick(at, { pathAgeMs: 60_000 })] },
  ]);
  expect(found).toEqual([]);
});

test('on a small phone NOT MONITORED begins with these words, below the bar', async () => {
  const { page } = await openViewer(browser, { width: 360, height: 420 });
  await page.routeWebSocket('**/api/v1/live', (link) => {
    link.connectToServer().onMessage((message) => {
      const isTick = JSON.parse(String(message)).type === 'tick';
      link.send(isTick ? JSON.stringify(tick(Date.now(), { pathAgeMs: 60_000 })) : message);
    });
  });
  const { email } = await person('clinician', 'M. Okafor');
  await page.goto(stack.url);
  await signIn(page, email);
  const heading = page.getByRole('heading', { name: 'NOT MONITORED' });
  await heading.waitFor();
  await page.getByRole('button', { name: 'Show the last known board' }).waitFor();
  const bar = await page.locator('header[data-watch]').boundingBox();
  const box = await heading.boundingBox();
  if (bar === null || box === null) throw new Error('the bar or the heading has no box');
  expect(box.y).toBeGreaterThanOrEqual(bar.y + bar.height);
});

test('a wall display shows the board in large type: no initials, nothing to press, and it does not count as watching', {
  timeout: long * 120_000,
}, async () => {
  await beginNight();
  const screens = await screensOf((await person('display', 'Wall')).email);
  const found = await look(screens, [
    { name: 'wall empty', words: 'Nobody needs you.' },
    {
      name: 'wall',
      words: 'Downstream occlusion',
      arrange: () => Promise.all([programme(), silent(), occlusion(), nearEnd()]),
    },
    {
      name: 'wall not monitored',
      // ★ first is who is to be called, so the list says who is.
      words: /The pump is silent · milrinone★.* · since \d\d:\d\d/,
      frames: (at) => [tick(at, { pathAgeMs: 60_000 })],
    },
  ]);
  expect(found).toEqual([]);
  for (const { page } of screens) {
    expect(await page.getByRole('button').count()).toBe(0);
    expect(await page.getByRole('link').count()).toBe(0);
    expect(await page.locator('body').innerText()).not.toMatch(/J\.M\.|K\.A\./);
  }
  const reader = await Person.signIn(stack.api, await addPerson(db(), 'auditor'));
  const told = shape(system, await reader.get('/system'));
  expect(told.screens.filter(({ user }) => user.role === 'display')).toEqual([]);
});

const tick = (at: number, facts: object) => ({
  ...{ type: 'tick', head: 0, at, pathAgeMs: 200, db: { up: true, downSince: null } },
  ...{ fleet: { pumps: 4, silent: 0 }, screens: 4 },
  ...facts,
});
const provisional = (at: number) => ({
  ...{ id: '00000000-0000-4000-8000-000000000001', pump: 'PUMP-0058', type: 'MDC_EVT_MALF', priority: 'high' },
  ...{ message: 'Pump malfunction', raisedAt: at - 9_000, receivedAt: at - 9_000, late: false },
});
