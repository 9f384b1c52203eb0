import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import type { Role } from '#schemas/http/shapes.ts';
import { findChromium } from '../../scripts/testing/chromium.ts';
import { addPerson, testPassword } from '../support/api.ts';
import type { Stack } from '../support/stack.ts';

/** A headless Chromium that reaches nothing but the test's own server. The caller closes it. */
export function launchBrowser(): Promise<Browser> {
  const executablePath = findChromium(process.env);
  if (executablePath === null) throw new Error('no Chromium: install one or set CHROMIUM_PATH');
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-background-networking', '--disable-quic', '--disable-gpu'],
  });
}

export interface Viewer {
  page: Page;
  context: BrowserContext;
  /** What the page threw or logged as an error. */
  errors: string[];
}

export interface View {
  width?: number;
  height?: number;
  colorScheme?: 'light' | 'dark';
}

/** A browser window of its own, signed out, closed when the running test ends. */
export async function openViewer(browser: Browser, { width = 1440, height = 900, colorScheme = 'light' }: View = {}) {
  const phone = width < 600;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme,
    hasTouch: phone,
    isMobile: phone,
  });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      errors.push(message.text());
  });
  return { page, context, errors } satisfies Viewer;
}

/** Signs a new person of this role in through the page and waits until the screen says that it watches. */
export async function signedIn(
  browser: Browser,
  stack: Pick<Stack, 'url' | 'database'>,
  role: Role = 'clinician',
  view: View = {},
): Promise<Viewer> {
  const email = await addPerson(stack.database.pool, role);
  const viewer = await openViewer(browser, view);
  await viewer.page.goto(stack.url);
  await signIn(viewer.page, email);
  await watching(viewer.page);
  return viewer;
}

/** Fills the sign-in form. */
export async function signIn(page: Page, email: string, password = testPassword): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Waits until the watch bar says WATCHING. */
export async function watching(page: Page, timeout = 20_000): Promise<void> {
  await page.locator('header[data-watch="watching"]').waitFor({ timeout });
}
