// A reconnect storm: the broker of thousands of pumps is killed and started again, and all of them want back at once.
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { pumpIds } from '../../../firmware-sim/run-fleet.ts';
import { cpuMicros } from '../../support/processes.ts';
import { waitFor } from '../../support/wait-for.ts';
import { journalEvent, readEvents } from '../checker/history.ts';
import { readStored } from '../checker/stored.ts';
import { judgeHistory, type Verdict } from '../checker/verdict.ts';
import { demoPassword, type Platform, startPlatform } from '../platform.ts';
import { type ChaosPumps, startPumps } from '../pumps.ts';
import type { ServiceName } from '../schedule.ts';
import { provisionMany } from './provision.ts';

export type StormOptions = {
  pumps: number;
  cadenceMs: number;
  seed: number;
  folder: string;
  log(line: string): void;
};

export type StormResult = {
  pumps: number;
  cadenceMs: number;
  /** From the first connection of all on, ms. */
  firstConnectMs: number;
  /** From the kill of the broker on, ms. */
  brokerReadyMs: number;
  halfBackMs: number;
  allBackMs: number;
  /** From the kill until ingest held no more than before, ms. */
  caughtUpMs: number;
  broker: { cpuS: number; rssMb: number; idleRssMb: number };
  ingest: { cpuS: number; rssMb: number; queuedMessages: number };
  /** Of records received after the kill: from arrival at ingest to commit, ms. */
  lagMs: { records: number; p50: number; p99: number; most: number };
  /** From the end of the pumps' work until everything was acknowledged, ms. */
  drainMs: number;
  crashes: readonly string[];
  verdict: Verdict;
  good: boolean;
};

const backWithinMs = 300_000;
const drainWithinMs = 120_000;
const sampleEveryMs = 100;
const megabyte = 1024 * 1024;
/** Sockets and journals of the simulator, and some room. */
const filesPerPump = 2;

/** @throws Error when this machine can't hold so many connections, or the platform never became ready */
export async function runStorm(options: StormOptions): Promise<StormResult> {
  const { folder, pumps: count, cadenceMs, log } = options;
  const limit = openFilesLimit();
  if (limit < count * filesPerPump + 500) {
    throw new Error(
      `${count} pumps need ${count * filesPerPump + 500} open files, this machine allows ${limit} (ulimit -n)`,
    );
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const platform = await startPlatform(folder, 'aedes', log, { direct: true });
  const db = new pg.Pool({ connectionString: platform.databaseUrl, max: 2 });
  const closes: (() => Promise<unknown>)[] = [platform.close, () => db.end()];
  try {
    const historyLog = join(folder, 'journals.ndjson');
    const pumps = await startFleet(options, platform, db, historyLog);
    closes.push(pumps.close);
    const connected = () => pumps.totals?.connected ?? 0;
    const began = Date.now();
    await waitFor(() => connected() === count, {
      timeoutMs: backWithinMs,
      everyMs: sampleEveryMs,
      what: 'all to connect',
    });
    const firstConnectMs = Date.now() - began;
    log(`${count} pumps connected in ${(firstConnectMs / 1000).toFixed(1)} s`);
    // Nothing is owed from the start: every pump has been answered.
    await waitFor(async () => (await behind(db, count)) === 0, {
      timeoutMs: backWithinMs,
      everyMs: 1_000,
      what: 'every pump to have something stored',
    });
    const storm = await blow(platform, pumps, count);
    log(`all back after ${(storm.allBackMs / 1000).toFixed(1)} s`);
    const lagMs = await lagSince(db, storm.killedAt);

    pumps.order({ do: 'finish' });
    const finishedAt = Date.now();
    await waitFor(() => pumps.totals !== null && pumps.totals.acknowledged >= pumps.totals.journaled, {
      timeoutMs: drainWithinMs,
      everyMs: sampleEveryMs,
      what: 'every record to be acknowledged',
    });
    const drainMs = Date.now() - finishedAt;
    await pumps.close();
    const journals = readEvents(historyLog, journalEvent);
    const verdict = judgeHistory({ journals, screens: [], mayOvertake: false }, await readStored(db));
    const crashes = platform.crashes.slice();
    const { killedAt: _, ...figures } = storm;
    const good = verdict.good && crashes.length === 0;
    return { pumps: count, cadenceMs, firstConnectMs, ...figures, lagMs, drainMs, crashes, verdict, good };
  } finally {
    for (const close of closes.reverse()) await close();
  }
}

async function startFleet(
  { folder, pumps, seed, cadenceMs }: StormOptions,
  platform: Platform,
  db: pg.Pool,
  historyLog: string,
): Promise<ChaosPumps> {
  const dataDir = join(folder, 'sim');
  mkdirSync(dataDir, { mode: 0o700 });
  const prefix = 'STORM-';
  const ids = pumpIds(prefix, pumps).map(({ id }) => id);
  await provisionMany(db, dataDir, platform.apiUrl, ids);
  const settings = {
    dataDir,
    historyLog,
    apiUrl: platform.apiUrl,
    brokerUrl: `mqtt://127.0.0.1:${platform.mqttPort}`,
    password: demoPassword,
    pumps,
    seed,
    cadenceMs,
    prefix,
    alarmRate: 1,
    startWithinMs: cadenceMs,
    provisionOnly: false,
  };
  return startPumps(settings, openSync(join(folder, 'logs', 'pumps.log'), 'a'));
}

type Storm = Pick<StormResult, 'brokerReadyMs' | 'halfBackMs' | 'allBackMs' | 'caughtUpMs' | 'broker' | 'ingest'> & {
  killedAt: number;
};

/** Kills the broker and watches until everybody is back and ingest has caught up. */
async function blow(platform: Platform, pumps: ChaosPumps, count: number): Promise<Storm> {
  const workers = ['ingest-1', 'ingest-2'] as const;
  const sum = (of: (worker: (typeof workers)[number]) => number) => workers.reduce((all, one) => all + of(one), 0);
  const owed = () => (pumps.totals ? pumps.totals.journaled - pumps.totals.acknowledged : Number.POSITIVE_INFINITY);
  const idleRss = platform.memory('broker') ?? 0;
  // Acknowledgements come every 5 s: so much is always owed.
  const usual = Math.max(owed(), count);
  const cpu = (service: ServiceName) => cpuMicros(platform.pid(service));
  const ingestCpu = sum(cpu);
  const killedAt = Date.now();
  if (!(await platform.kill('broker'))) throw new Error('the broker could not be killed');
  const since = () => Date.now() - killedAt;
  const seen = { rss: 0, ingestRss: 0, queued: 0 };
  let brokerReadyMs = 0;
  let halfBackMs = 0;
  let allBackMs = 0;
  await waitFor(
    async () => {
      seen.rss = Math.max(seen.rss, platform.memory('broker') ?? 0);
      seen.ingestRss = Math.max(seen.ingestRss, ...workers.map((worker) => platform.memory(worker) ?? 0));
      seen.queued = Math.max(
        seen.queued,
        ...(await Promise.all(workers.map((worker) => queuedMessages(platform, worker)))),
      );
      const connected = pumps.totals?.connected ?? 0;
      // What was said before the kill was noticed does not count.
      if (brokerReadyMs === 0 && (await isReady(platform, 'broker'))) brokerReadyMs = since();
      if (brokerReadyMs === 0) return false;
      if (halfBackMs === 0 && connected >= count / 2) halfBackMs = since();
      if (allBackMs === 0 && connected === count) allBackMs = since();
      return allBackMs > 0 && owed() <= usual * 1.2;
    },
    { timeoutMs: backWithinMs, everyMs: sampleEveryMs, what: 'all to be back and caught up' },
  );
  return {
    killedAt,
    brokerReadyMs,
    halfBackMs,
    allBackMs,
    caughtUpMs: since(),
    broker: {
      cpuS: cpu('broker') / 1e6,
      rssMb: Math.round(seen.rss / megabyte),
      idleRssMb: Math.round(idleRss / megabyte),
    },
    ingest: {
      cpuS: (sum(cpu) - ingestCpu) / 1e6,
      rssMb: Math.round(seen.ingestRss / megabyte),
      queuedMessages: seen.queued,
    },
  };
}

async function ask(platform: Platform, service: ServiceName, path: string): Promise<string | null> {
  const url = `http://127.0.0.1:${platform.httpPort(service)}${path}`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(1_000) }).catch(() => null);
  const text = await answer?.text().catch(() => null);
  return answer?.ok && text ? text : null;
}

const isReady = async (platform: Platform, service: ServiceName) => (await ask(platform, service, '/readyz')) !== null;

/** Messages that wait for their transaction in one worker. */
async function queuedMessages(platform: Platform, worker: ServiceName): Promise<number> {
  const metrics = (await ask(platform, worker, '/metrics')) ?? '';
  return Number(/^dripwatch_ingest_queued_messages (\d+)/m.exec(metrics)?.[1] ?? 0);
}

/** Pumps of which nothing is stored yet. */
async function behind(db: pg.Pool, count: number): Promise<number> {
  const { rows } = await db.query<{ n: string }>('select count(*) as n from journal where up_to > 0');
  return count - Number(rows[0]?.n);
}

async function lagSince(db: pg.Pool, killedAt: number): Promise<StormResult['lagMs']> {
  const { rows } = await db.query<{ n: string; p50: number; p99: number; most: number }>(
    `with lag as (
       select extract(epoch from pg_xact_commit_timestamp(xmin) - received_at) * 1000 as ms
         from telemetry where received_at > to_timestamp($1 / 1000.0))
     select count(*) as n, percentile_cont(0.5) within group (order by ms) as p50,
            percentile_cont(0.99) within group (order by ms) as p99, max(ms) as most from lag`,
    [killedAt],
  );
  const [row] = rows;
  const whole = (value: unknown) => Math.round(Number(value));
  return { records: whole(row?.n), p50: whole(row?.p50), p99: whole(row?.p99), most: whole(row?.most) };
}

/** How many files one process may have open; infinite where the system does not say. */
function openFilesLimit(): number {
  if (process.platform !== 'linux') return Number.POSITIVE_INFINITY;
  const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
}
