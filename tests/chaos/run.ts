// One chaos run: start everything, do to it what the schedule says, stop the faults, wait until it has drained, and let
// the checker judge.
import { mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import * as z from 'zod';
import { waitFor } from '../support/wait-for.ts';
import { type History, journalEvent, readEvents, screenEvent } from './checker/history.ts';
import { readStored } from './checker/stored.ts';
import { judgeHistory, type Verdict } from './checker/verdict.ts';
import { type BrokerKind, demoPassword, type Platform, startPlatform } from './platform.ts';
import { type ChaosPumps, type PumpTotals, provisionPumps, startPumps } from './pumps.ts';
import { type FaultFamily, onDisk, planFaults, type Scheduled } from './schedule.ts';
import { type ChaosScreen, screenCookie, startScreen } from './screens.ts';

export type ChaosOptions = {
  lastsMs: number;
  pumps: number;
  seed: number;
  families: readonly FaultFamily[];
  broker: BrokerKind;
  /** Where everything of the run is kept. */
  folder: string;
  log(line: string): void;
  /** Ends the faults early. */
  signal: AbortSignal;
};

export type ChaosResult = {
  seed: number;
  pumps: number;
  lastedMs: number;
  broker: BrokerKind;
  /** How many faults of each family came, and how many found nothing to act on. */
  faults: Record<string, { done: number; skipped: number }>;
  /** From the last fault until every pump had everything acknowledged; null: not within the time. */
  drainMs: number | null;
  totals: PumpTotals | null;
  /** Families that could not be run here, with the reason. */
  notHere: readonly string[];
  /** Services that ended by themselves. */
  crashes: readonly string[];
  verdict: Verdict;
  good: boolean;
};

/** A run has to drain within this time of its last fault. */
export const drainWithinMs = 90_000;
/** Longer than alarms of a backlog wait before they count as active (8 s of quiet), and a tick. */
const quietMs = 11_000;
const quietWithinMs = 60_000;

/** @throws Error when the platform could not be started, or never became ready again */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { folder, log, seed } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const platform = await startPlatform(folder, options.broker, log, { ownDisk: options.families.some(onDisk) });
  const closes: (() => Promise<void>)[] = [platform.close];
  try {
    const journalLog = join(folder, 'journals.ndjson');
    const screenLog = join(folder, 'screens.ndjson');
    const pumps = await preparePumps(platform, options, journalLog);
    closes.push(pumps.close);
    const cookie = await screenCookie(platform.apiUrl, 'clinician@demo.dripwatch', demoPassword);
    const throughLink = `http://127.0.0.1:${platform.links.screens.port}`;
    const screens = [
      ['ward', platform.apiUrl],
      ['home', throughLink],
      ['phone', throughLink],
    ].map(([name = '', url = '']) => startScreen({ name, url, cookie, log: screenLog }));
    await pumps.running();

    log(`${options.pumps} pumps run; faults for ${Math.round(options.lastsMs / 1000)} s from seed ${seed}`);
    const began = Date.now();
    const faults = await inject(platform, pumps, options);
    const lastFaultAt = Date.now();
    log('no more faults; draining');
    pumps.order({ do: 'finish' });
    await platform.settle(60_000);
    await pumps.running();
    pumps.order({ do: 'finish' });
    const drainMs = await drained(pumps, lastFaultAt);
    log(drainMs === null ? 'not drained in time' : `drained in ${(drainMs / 1000).toFixed(1)} s`);
    const totals = pumps.totals;

    const db = new pg.Pool({ connectionString: platform.databaseUrl, max: 2 });
    closes.push(() => db.end());
    await followed(db, screens);
    await pumps.close();
    const history: History = {
      journals: readEvents(journalLog, journalEvent),
      screens: readEvents(screenLog, screenEvent),
      mayOvertake: options.families.includes('freeze') || options.families.includes('links'),
    };
    const verdict = judgeHistory(history, await readStored(db));
    const lastedMs = lastFaultAt - began;
    const { broker } = options;
    const { diskNotHere } = platform.database;
    const notHere = diskNotHere ? options.families.filter(onDisk).map((family) => `${family}: ${diskNotHere}`) : [];
    const crashes = platform.crashes.slice();
    const good = verdict.good && drainMs !== null && crashes.length === 0;
    return { seed, pumps: options.pumps, lastedMs, broker, faults, drainMs, totals, notHere, crashes, verdict, good };
  } finally {
    for (const close of closes.reverse()) await close();
  }
}

const cadenceMs = 2_000;

async function preparePumps(platform: Platform, options: ChaosOptions, historyLog: string): Promise<ChaosPumps> {
  const dataDir = join(platform.folder, 'sim');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const output = openSync(join(platform.folder, 'logs', 'pumps.log'), 'a');
  const settings = {
    dataDir,
    historyLog,
    apiUrl: platform.apiUrl,
    brokerUrl: `mqtt://127.0.0.1:${platform.links.pumps.port}`,
    password: demoPassword,
    pumps: options.pumps,
    seed: options.seed,
    cadenceMs,
    provisionOnly: false,
  };
  await provisionPumps(settings, output);
  const credential = z.object({ username: z.string(), token: z.string() });
  const kept = join(dataDir, 'credentials');
  platform.admitPumps(
    readdirSync(kept).map((file) => credential.parse(JSON.parse(readFileSync(join(kept, file), 'utf8')))),
  );
  return startPumps(settings, output);
}

/** Does what the schedule says, when it says it. @returns what came of it, by family */
async function inject(platform: Platform, pumps: ChaosPumps, options: ChaosOptions): Promise<ChaosResult['faults']> {
  const faults: ChaosResult['faults'] = {};
  const under: Promise<void>[] = [];
  const plan = planFaults(options);
  const began = Date.now();
  const count = ({ family, injection }: Scheduled, done: boolean) => {
    const name = injection.do === 'disturb-link' ? `${family} ${injection.fault}` : family;
    const counted = faults[name] ?? { done: 0, skipped: 0 };
    faults[name] = counted;
    if (done) counted.done += 1;
    else counted.skipped += 1;
  };
  const until = async (atMs: number) => {
    while (!options.signal.aborted && Date.now() < began + atMs) {
      await pause(Math.min(200, began + atMs - Date.now()));
    }
  };
  for (const scheduled of plan) {
    await until(scheduled.atMs);
    if (options.signal.aborted) break;
    under.push(perform(platform, pumps, scheduled).then((done) => count(scheduled, done)));
  }
  await until(options.lastsMs);
  for (const link of Object.values(platform.links)) link.mend();
  await Promise.all(under);
  return faults;
}

async function perform(platform: Platform, pumps: ChaosPumps, { injection }: Scheduled): Promise<boolean> {
  switch (injection.do) {
    case 'kill':
      return platform.kill(injection.service);
    case 'freeze':
      return platform.freeze(injection.service, injection.forMs);
    case 'stop-database':
      return platform.database.stop(injection.forMs);
    case 'slow-disk':
      return platform.database.slowDisk(injection.forMs, injection.stallMs);
    case 'full-disk':
      return platform.database.fullDisk(pause(injection.forMs));
    case 'disturb-link': {
      const link = platform.links[injection.link];
      link.disturb(injection.fault);
      await pause(injection.forMs);
      link.mend();
      return true;
    }
    case 'restart-pumps':
      return pumps.restart(injection.offMs);
    case 'pump':
      return pumps.order({ do: 'fault', pump: injection.pump, fault: injection.fault });
  }
}

/** Waits until every record is acknowledged. @returns how long that took since the last fault, ms */
async function drained(pumps: ChaosPumps, since: number): Promise<number | null> {
  const done = () => pumps.totals !== null && pumps.totals.acknowledged >= pumps.totals.journaled;
  try {
    await waitFor(done, { timeoutMs: Math.max(0, since + drainWithinMs - Date.now()), everyMs: 50, what: 'the drain' });
    return Date.now() - since;
  } catch {
    return null;
  }
}

/** Waits until alarms of the backlog are settled and every screen knows the feed, then ends the screens. */
export async function followed(db: pg.Pool, screens: readonly ChaosScreen[], forMs = quietMs): Promise<void> {
  let head = -1;
  let since = Date.now();
  const quiet = async () => {
    const { rows } = await db.query<{ head: string }>('select head from feed');
    const now = Number(rows[0]?.head);
    if (now !== head) {
      head = now;
      since = Date.now();
    }
    return Date.now() - since >= forMs && screens.every((screen) => screen.last >= head);
  };
  // A screen that never gets there is the checker's to find.
  await waitFor(quiet, { timeoutMs: quietWithinMs, everyMs: 200, what: 'a quiet feed' }).catch(() => {});
  for (const screen of screens) screen.end(head);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
