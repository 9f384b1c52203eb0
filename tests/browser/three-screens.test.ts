import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { buildDashboard } from '../../scripts/supervisor/build-dashboard.ts';
import { addPerson, Person } from '../support/api.ts';
import { brokerForThisTest, provisionPump } from '../support/broker.ts';
import { databaseForThisTest } from '../support/database.ts';
import { HandPump, ingestForThisTest } from '../support/ingest.ts';
import { putOnCall } from '../support/on-call.ts';
import { startProcess, stopProcess } from '../support/processes.ts';
import { waitFor } from '../support/wait-for.ts';
import { launchBrowser, openViewer, signIn, watching } from './browser.ts';

const root = resolve(import.meta.dirname, '../..');

let browser: Browser;
beforeAll(async () => {
  await buildDashboard(root, () => {}, new AbortController().signal);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address ? address.port : 0;
}

/** An api as a process of its own, which can be killed and started again where it was. */
async function killableApi(env: Record<string, string>) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let running: ChildProcess | null = null;
  const start = async () => {
    running = startProcess('api/main.ts', [], {
      ...{ LOG_LEVEL: 'silent', PORT: `${port}`, DASHBOARD_DIR: resolve(root, 'dashboard/dist') },
      ...env,
    });
    await waitFor(async () => (await fetch(`${url}/readyz`)).ok, { timeoutMs: 40_000, what: 'the api is ready' });
  };
  const kill = async () => {
    const ended = running && once(running, 'exit');
    running?.kill('SIGKILL');
    await ended;
  };
  onTestFinished(async () => {
    if (running) await stopProcess(running);
  });
  await start();
  return { url, start, kill };
}

/** The alerts that stand on a screen, each as often as it stands there. */
const shown = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('main [data-alert]')].map((one) => one.dataset.alert ?? '').sort(),
  );

test('offered, declined by the first, accepted by the second, seen by the third; the api is killed in between', {
  timeout: 180_000,
}, async () => {
  const { url: databaseUrl, pool: db } = await databaseForThisTest();
  const broker = await brokerForThisTest(databaseUrl);
  await ingestForThisTest(broker, databaseUrl);
  const api = await killableApi({
    ...{ DATABASE_URL: databaseUrl, MQTT_URL: broker.url, DATA_DIR: broker.dataDir },
  });

  const screens = await Promise.all(
    ['Ada', 'Ben', 'Cleo'].map(async (name) => {
      const email = await addPerson(db, 'clinician', `${name.toLowerCase()}-${randomUUID()}@test`);
      await db.query('update app_user set name = $2 where email = $1', [email, name]);
      const { id } = await Person.signIn(api, email);
      const { page, errors } = await openViewer(browser, { width: name === 'Ben' ? 360 : 1440, height: 800 });
      await page.goto(api.url);
      await signIn(page, email);
      await watching(page);
      return { id, page, errors };
    }),
  );
  const [ada, ben, cleo] = screens;
  if (!ada || !ben || !cleo) throw new Error('three screens');
  await putOnCall(db, 'clinical', ada.id);
  await putOnCall(db, 'clinical-backup', ben.id);

  const alarmOf = async (id: string) => {
    const hand = await HandPump.connect(broker, await provisionPump(db, id));
    await hand.send('telemetry', [hand.sample()]);
    const code = 'MDC_EVT_PUMP_FLOW_FREE';
    await hand.send('alarm', [hand.record({ kind: 'alarm', alarm: 1, phase: 'start', priority: 'high', code })]);
    await hand.acknowledged();
  };
  const card = ({ page }: { page: Page }, pump: string) => page.locator('article', { hasText: pump });

  await alarmOf('PUMP-0001');
  await card(ada, 'PUMP-0001').getByText('Offered to you').waitFor();
  await card(ben, 'PUMP-0001').getByText('Offered to Ada').waitFor();
  await card(cleo, 'PUMP-0001').getByText('Offered to Ada').waitFor();

  await card(ada, 'PUMP-0001').getByRole('button', { name: 'Pass on' }).click();
  await card(ada, 'PUMP-0001').getByRole('button', { name: 'Pass on: they are asked at once' }).click();
  await card(ben, 'PUMP-0001').getByText('Offered to you').waitFor();
  await card(cleo, 'PUMP-0001').getByText('Offered to Ben').waitFor();

  await api.kill();
  // It goes on without the api: the alarm is committed, and no screen can know of it yet.
  await alarmOf('PUMP-0002');
  await api.start();
  for (const screen of screens) {
    await watching(screen.page, 60_000);
    await card(screen, 'PUMP-0002').waitFor({ timeout: 30_000 });
  }

  await card(ben, 'PUMP-0001').getByRole('button', { name: 'I have it' }).click();
  await card(ben, 'PUMP-0001').getByText('You have it').waitFor();
  const open = async (pump: string, words: string, { page }: { page: Page }) => {
    // What Ben took is a line on the other screens: the two cards that stand open are those that nobody has.
    const line = page.locator(`main [data-alert]`, { hasText: pump });
    await line.getByText(words).first().waitFor();
  };
  await open('PUMP-0001', 'Ben has it', ada);
  await open('PUMP-0001', 'Ben has it', cleo);

  const { rows } = await db.query<{ id: string }>(
    "select alert_id as id from alert where condition = 'active' and audience = 'clinical' order by alert_id",
  );
  expect(rows).toHaveLength(2);
  for (const { page } of screens) expect(await shown(page)).toEqual(rows.map(({ id }) => id).sort());
  const owner = await db.query<{ owner: string }>("select owner from alert where responsibility = 'accepted'");
  expect(owner.rows).toEqual([{ owner: ben.id }]);
  for (const { errors } of screens) expect(errors.filter((error) => !error.includes('WebSocket'))).toEqual([]);
});
