// Pump alarm → painted in an open browser, first with nothing else to do, then under a fleet's messages and a heavy query.
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { type Browser, chromium } from 'playwright-core';
import { buildDashboard } from '../../scripts/supervisor/build-dashboard.ts';
import { findChromium } from '../../scripts/testing/chromium.ts';
import { demoPassword } from '../chaos/platform.ts';
import { type LivePumps, startLivePumps } from '../prove/live-pumps.ts';
import { provision } from '../prove/provision.ts';
import { percentile } from '../prove/result.ts';
import { openStage, type ProofContext, type Stage } from '../prove/stage.ts';
import { answer, startProcess, stopProcess } from '../support/processes.ts';
import { waitFor } from '../support/wait-for.ts';

export type AlertBenchOptions = {
  /** Alarms under load; a sixth as many before it. */
  alarms: number;
  messagesPerS: number;
  /** Samples of the past that the heavy query reads. */
  historyRows: number;
};

/** What an alarm passes on its way, in this order. */
export const hops = ['broker', 'received', 'committed', 'sent', 'rendered'] as const;
type Hop = (typeof hops)[number];
export const shares = ['p50', 'p95', 'p99', 'most'] as const;
type Share = (typeof shares)[number];

export type AlertDelays = {
  alarms: number;
  painted: number;
  /** Milliseconds from the pump's record to each hop, by share of the alarms. */
  until: Record<Hop, Record<Share, number>>;
  /** Of the very alarms at these places of the whole way: milliseconds that each hop took from the one before. */
  alarmAt: Record<Share, Record<Hop, number>>;
};

export type AlertBenchResult = {
  idle: AlertDelays;
  loaded: AlertDelays;
  /** Messages committed in a second while the alarms went. */
  messagesPerS: number;
  /** Heavy queries that ran meanwhile, and how long one took, ms. */
  queries: number;
  queryMs: number;
};

/** The board holds its order for a second after an insert: alarms that come faster would measure that. */
const alarmEveryMs = 1_250;
const root = resolve(import.meta.dirname, '../..');

/** @throws Error without a Chromium, or where a message or a receipt does not come */
export async function benchAlert(options: AlertBenchOptions, context: ProofContext): Promise<AlertBenchResult> {
  const executablePath = findChromium(process.env);
  if (executablePath === null) throw new Error('no Chromium: install one or set CHROMIUM_PATH');
  await buildDashboard(root, context.log, context.signal);
  const stage = await openStage(context, { dashboardDir: resolve(root, 'dashboard/dist') });
  try {
    context.log(`writing ${options.historyRows.toLocaleString('en')} samples of history`);
    await writeHistory(stage.db, options.historyRows);
    const live = await startLivePumps(stage.platform.mqttPort, await provision(stage.db, 'LIVELY', 50));
    stage.owns(live.close);
    const browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--disable-background-networking', '--disable-quic', '--disable-gpu'],
    });
    stage.owns(() => browser.close());
    await openBoard(browser, stage.platform.apiUrl);

    context.log('alarms with nothing else to do');
    const idle = await raiseAndMeasure(stage, live, Math.ceil(options.alarms / 6));
    const load = await startLoad(stage, options.messagesPerS);
    const query = startHeavyQuery(stage.db);
    await delay(5_000);
    context.log(`alarms under ${options.messagesPerS.toLocaleString('en')} messages/s and a heavy query`);
    const before = { at: Date.now(), rows: await load.committed() };
    const loaded = await raiseAndMeasure(stage, live, options.alarms);
    const messagesPerS = ((await load.committed()) - before.rows) / ((Date.now() - before.at) / 1_000);
    const queried = await query.stop();
    await load.stop();
    return { idle, loaded, messagesPerS, ...queried };
  } finally {
    await stage.close();
  }
}

async function writeHistory(db: pg.Pool, rows: number): Promise<void> {
  await db.query(
    `insert into telemetry (at, pump_id, epoch_no, seq, infusion, state, rate_ml_per_h, infused_ml, received_at, late)
     select t.at, 'HISTORY-' || n % 100, 1, n, 1, 'delivering', 5 + n % 7, n % 250, t.at, false
       from generate_series(1, $1::int) n, lateral (select now() - n * interval '0.5 second' as at) t`,
    [rows],
  );
  await db.query('analyze telemetry');
}

/** Somebody on call looks at the board and has made a gesture. */
async function openBoard(browser: Browser, url: string): Promise<void> {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  await page.goto(url);
  await page.getByLabel('E-mail').fill('clinician@demo.dripwatch');
  await page.getByLabel('Password').fill(demoPassword);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('header[data-watch="watching"]').waitFor({ timeout: 30_000 });
}

/** Raises alarms one after the other; waits until each was painted. */
async function raiseAndMeasure(stage: Stage, live: LivePumps, count: number): Promise<AlertDelays> {
  const mine = [];
  for (let n = 0; n < count; n += 1) {
    mine.push(live.raise());
    await delay(alarmEveryMs);
  }
  const codes = mine.map(({ code }) => code);
  const read = async () => (await stage.db.query<HopRow>(hopsQuery, [codes])).rows;
  await waitFor(async () => (await read()).filter(({ rendered }) => rendered !== null).length === count, {
    timeoutMs: 30_000,
    what: 'every alarm to be painted',
  }).catch(() => {});
  const rows = new Map((await read()).map((row) => [row.code, row]));
  return delaysOf(mine.map(({ code, at }) => sinceRaised(rows.get(code), at)));
}

type HopRow = { code: string } & Record<Hop, number | null>;
const ms = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;
const hopsQuery = `select type as code, ${ms('broker_at')} as broker, ${ms('received_at')} as received,
  ${ms('committed_at')} as committed, ${ms('sent_at')} as sent, ${ms('rendered_at')} as rendered
  from alert where type = any($1)`;

type Way = Record<Hop, number>;

/** A hop that was never reached took for ever. */
const sinceRaised = (row: HopRow | undefined, at: number): Way =>
  forEach(hops, (hop) => (row?.[hop] ?? Number.POSITIVE_INFINITY) - at);

function delaysOf(ways: readonly Way[]): AlertDelays {
  const sorted = ways.toSorted((a, b) => a.rendered - b.rendered);
  const hopsOf = (way: Way | undefined): Way =>
    forEach(hops, (hop, n) => (way?.[hop] ?? Number.NaN) - (n === 0 ? 0 : (way?.[hops[n - 1] ?? hop] ?? Number.NaN)));
  return {
    alarms: ways.length,
    painted: ways.filter(({ rendered }) => Number.isFinite(rendered)).length,
    until: forEach(hops, (hop) =>
      forEach(shares, (share) =>
        percentile(
          ways.map((way) => way[hop]),
          shareOf[share],
        ),
      ),
    ),
    alarmAt: forEach(shares, (share) => hopsOf(sorted[Math.ceil(shareOf[share] * sorted.length) - 1])),
  };
}

const shareOf: Record<Share, number> = { p50: 0.5, p95: 0.95, p99: 0.99, most: 1 };

function forEach<K extends string, V>(keys: readonly K[], value: (key: K, index: number) => V): Record<K, V> {
  return Object.fromEntries(keys.map((key, index) => [key, value(key, index)])) as Record<K, V>;
}

/** A fleet that sends so many messages a second, one sample each. */
async function startLoad(stage: Stage, messagesPerS: number) {
  const pumps = await provision(stage.db, 'BENCH', 500);
  const generator = startProcess('tests/bench/generator.ts', []);
  stage.owns(() => stopProcess(generator));
  generator.send({ connect: { port: stage.platform.mqttPort, pumps } });
  await answer(generator, 'connected');
  const began = Date.now();
  const timer = setInterval(
    () => generator.send({ allow: Math.floor(((Date.now() - began) / 1_000) * messagesPerS) }),
    20,
  );
  stage.owns(() => clearInterval(timer));
  const committed = async () => {
    const { rows } = await stage.db.query<{ n: string }>(
      `select coalesce(sum(records), 0) as n from journal where pump_id like 'BENCH-%'`,
    );
    return Number(rows[0]?.n ?? 0);
  };
  const stop = async () => {
    clearInterval(timer);
    await stopProcess(generator);
  };
  return { committed, stop };
}

/** A report over the whole history, again and again. */
function startHeavyQuery(db: pg.Pool) {
  let stopped = false;
  let queries = 0;
  let busyMs = 0;
  const run = (async () => {
    while (!stopped) {
      const began = Date.now();
      await db.query(
        `select pump_id, date_bin('1 hour', at, 'epoch') as hour, avg(rate_ml_per_h), max(infused_ml), count(*)
           from telemetry group by 1, 2 order by 1, 2`,
      );
      queries += 1;
      busyMs += Date.now() - began;
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      await run;
      return { queries, queryMs: busyMs / Math.max(1, queries) };
    },
  };
}
