// Kills ingest at each of its steps under simulated pumps, and breaks its link to the database in the middle of COMMIT;
// then the checker, which believes nobody, judges what each point did.
import { mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { draw, type Seeded, seedOf } from '../../../firmware-sim/random.ts';
import { waitFor } from '../../support/wait-for.ts';
import { journalEvent, readEvents, screenEvent } from '../checker/history.ts';
import { readStored } from '../checker/stored.ts';
import { judgeHistory, type Verdict } from '../checker/verdict.ts';
import { demoPassword, type Platform, startPlatform } from '../platform.ts';
import { type ChaosPumps, provisionPumps, startPumps } from '../pumps.ts';
import { followed } from '../run.ts';
import { screenCookie, startScreen } from '../screens.ts';
import { type CommitCut, type CommitLink, startCommitLink } from './commit-link.ts';
import { type CrashPoint, chanceOf, cutsPerTime, isCut, type Provocation } from './points.ts';
import { newWorkers, type Workers } from './workers.ts';

export type CrashPointsOptions = {
  /** Points that share one fleet and one verdict, fleet by fleet. */
  rounds: readonly (readonly CrashPoint[])[];
  times: number;
  pumps: number;
  seed: number;
  folder: string;
  log(line: string): void;
  signal: AbortSignal;
};

export type RoundResult = {
  points: readonly CrashPoint[];
  /** Kills or cuts that happened, of those that were wanted. */
  happened: number;
  wanted: number;
  tookMs: number;
  /** From the last of them until everything was acknowledged; null: not in time. */
  drainMs: number | null;
  verdict: Verdict;
  good: boolean;
};

export type CrashPointsResult = {
  seed: number;
  times: number;
  pumps: number;
  rounds: RoundResult[];
  /** All pumps of all rounds and a screen that watched throughout. */
  together: Verdict;
  /** Services that ended although nobody killed them. */
  crashes: readonly string[];
  good: boolean;
};

/** So long may it take until the next kill or cut happens, ms. */
const patienceMs = 30_000;
const drainWithinMs = 90_000;
/** Longer than a lease (5 s). */
const frozenMs = 6_500;
/** Alarms of a backlog become alerts after 8 s of quiet. */
const settledWithinMs = 20_000;

type Run = {
  options: CrashPointsOptions;
  platform: Platform;
  workers: Workers;
  link: CommitLink;
  db: pg.Pool;
  seeded: Seeded;
};

/** @throws Error when the platform could not be started, or never became ready again */
export async function runCrashPoints(options: CrashPointsOptions): Promise<CrashPointsResult> {
  const { folder, seed, log } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const seeded = { rng: seedOf(seed, 1) };
  const workers = newWorkers({ rng: seedOf(seed, 2) });
  const links: CommitLink[] = [];
  const platform = await startPlatform(folder, 'aedes', log, {
    atRisk: {
      imports: ['tests/chaos/crash-points/kill-at.ts'],
      async databasePort(port) {
        const link = await startCommitLink(port);
        links.push(link);
        return link.port;
      },
      started: workers.started,
      meant: workers.meant,
    },
  });
  const db = new pg.Pool({ connectionString: platform.databaseUrl, max: 2 });
  const [link] = links;
  try {
    if (!link) throw new Error('ingest has no link of its own to the database');
    // Schemas let nothing through that this database would refuse, so it is told to: what it refuses one day nobody knows.
    await db.query(
      "alter table programme add constraint refused_in_this_run check (drug <> 'refused by the database')",
    );
    const screenLog = join(folder, 'screens.ndjson');
    const cookie = await screenCookie(platform.apiUrl, 'clinician@demo.dripwatch', demoPassword);
    const screen = startScreen({ name: 'ward', url: platform.apiUrl, cookie, log: screenLog });
    const run: Run = { options, platform, workers, link, db, seeded };
    const rounds: RoundResult[] = [];
    for (const [n, points] of options.rounds.entries()) {
      if (options.signal.aborted) break;
      const result = await runRound(run, n, points);
      rounds.push(result);
      log(roundLine(result));
    }
    await followed(db, [screen], 1_000);
    const journals = rounds.flatMap((_, n) => readEvents(journalLog(folder, n), journalEvent));
    const screens = readEvents(screenLog, screenEvent);
    const together = judgeHistory({ journals, screens, mayOvertake: true }, await readStored(db));
    const crashes = platform.crashes.slice();
    const good = together.good && crashes.length === 0 && rounds.length > 0 && rounds.every((round) => round.good);
    return { seed, times: options.times, pumps: options.pumps, rounds, together, crashes, good };
  } finally {
    await db.end();
    await platform.close();
    await link?.close();
  }
}

const journalLog = (folder: string, n: number) => join(folder, `journals-${n}.ndjson`);

async function runRound(run: Run, n: number, points: readonly CrashPoint[]): Promise<RoundResult> {
  const { options, db } = run;
  const began = Date.now();
  const historyLog = journalLog(options.folder, n);
  const pumps = await startFleet(run, n, historyLog);
  let happened = 0;
  let wanted = 0;
  let drainMs: number | null = null;
  try {
    await pumps.running();
    for (const point of points) {
      const times = isCut(point) ? options.times * cutsPerTime[point] : options.times;
      wanted += times;
      const provoking = provoke(run, pumps, isCut(point) ? 'records' : chanceOf(point).provocation);
      happened += isCut(point) ? await cut(run, point, times) : await kill(run, point, times);
      await provoking.end();
    }
    const last = Date.now();
    await run.platform.settle(60_000);
    await allOwned(db, last);
    drainMs = await drain(pumps, options.pumps, last);
  } finally {
    await pumps.close();
  }
  const judge = async () => {
    const journals = readEvents(historyLog, journalEvent);
    return judgeHistory({ journals, screens: [], mayOvertake: true }, await readStored(db));
  };
  // Only what is still to come can turn good: a loss or a double stays one.
  await waitFor(async () => (await judge()).good, { timeoutMs: settledWithinMs, everyMs: 1_000 }).catch(() => {});
  const verdict = await judge();
  const good = verdict.good && drainMs !== null && happened >= wanted;
  return { points, happened, wanted, tookMs: Date.now() - began, drainMs, verdict, good };
}

async function startFleet({ options, platform }: Run, n: number, historyLog: string): Promise<ChaosPumps> {
  const dataDir = join(options.folder, `sim-${n}`);
  mkdirSync(dataDir, { mode: 0o700 });
  const output = openSync(join(options.folder, 'logs', 'pumps.log'), 'a');
  const settings = {
    dataDir,
    historyLog,
    apiUrl: platform.apiUrl,
    brokerUrl: `mqtt://127.0.0.1:${platform.mqttPort}`,
    password: demoPassword,
    pumps: options.pumps,
    seed: seedOf(options.seed, 10 + n),
    cadenceMs: 1_000,
    prefix: `ROUND-${n}-`,
    provisionOnly: false,
  };
  await provisionPumps(settings, output);
  return startPumps(settings, output);
}

/** @returns how many workers were killed */
async function kill(run: Run, point: Exclude<CrashPoint, CommitCut>, times: number): Promise<number> {
  const { workers, options } = run;
  workers.killAt(point, times);
  for (let seen = -1; workers.kills < times && workers.kills !== seen && !options.signal.aborted; ) {
    seen = workers.kills;
    // A point that nobody passes any more shows as a kill that did not happen.
    await waitFor(() => workers.kills > seen || options.signal.aborted, { timeoutMs: patienceMs }).catch(() => {});
  }
  await workers.spare();
  return workers.kills;
}

/** @returns how many links were broken */
async function cut({ link, options }: Run, point: CommitCut, times: number): Promise<number> {
  let happened = 0;
  // Two writers of two workers: while one waits for ever, the others go on.
  const atATime = Math.min(times, 4);
  const rest = new Set<Promise<void>>();
  for (let begun = 0; begun < times && !options.signal.aborted; begun += 1) {
    const one = link.cutNext(point).then(() => {
      happened += 1;
      rest.delete(one);
    });
    rest.add(one);
    if (rest.size >= atATime) await orPatience(Promise.race(rest));
  }
  await orPatience(Promise.all(rest));
  return happened;
}

async function orPatience(work: Promise<unknown>): Promise<void> {
  let over = false;
  work.finally(() => {
    over = true;
  });
  await waitFor(() => over, { timeoutMs: patienceMs }).catch(() => {});
}

/** Makes the pumps meet alarms, and what else brings a worker to a step. */
function provoke(run: Run, pumps: ChaosPumps, how: Provocation): { end(): Promise<void> } {
  const { link, options, platform, seeded } = run;
  const somePump = () => Math.floor(draw(seeded) * options.pumps);
  const timer = setInterval(() => {
    const alarm = draw(seeded) < 0.5 ? 'air' : 'door';
    const input = { do: alarm, handledAfterMs: 2_000 } as const;
    pumps.order({ do: 'fault', pump: somePump(), fault: { fault: 'input', input } });
    if (how === 'refused-values') pumps.order({ do: 'write-refused', pump: somePump() });
    if (how === 'broken-links') link.cutAll();
  }, 700);
  let over = how !== 'frozen-workers';
  const freezing = (async () => {
    for (let n = 0; !over; n += 1) {
      await platform.freeze(n % 2 === 0 ? 'ingest-1' : 'ingest-2', frozenMs);
      await allOwned(run.db, Date.now()).catch(() => {});
    }
  })();
  return {
    async end() {
      clearInterval(timer);
      over = true;
      await freezing;
    },
  };
}

/** Waits until living workers own every shard; a dead one's leases look alive for a moment, but are not renewed. */
async function allOwned(db: pg.Pool, lastKillAt: number): Promise<void> {
  const renewed = async () => {
    const { rows } = await db.query<{ held: boolean }>(
      "select bool_and(until > now() + interval '3.5 s') as held from shard",
    );
    return Date.now() - lastKillAt > 2_000 && rows[0]?.held === true;
  };
  await waitFor(renewed, { timeoutMs: 30_000, everyMs: 100, what: 'every shard to be owned' });
}

/** @returns how long it took since the last kill until everything was acknowledged, ms */
async function drain(pumps: ChaosPumps, count: number, since: number): Promise<number | null> {
  pumps.order({ do: 'finish' });
  // A new connection ends every back-off (device-protocol.md): how long pumps wait is judged by `npm run chaos`.
  for (let pump = 0; pump < count; pump += 1) {
    pumps.order({ do: 'fault', pump, fault: { fault: 'offline', forS: 0.05 } });
  }
  const done = () => pumps.totals !== null && pumps.totals.acknowledged >= pumps.totals.journaled;
  try {
    await waitFor(done, { timeoutMs: drainWithinMs, everyMs: 50 });
    return Date.now() - since;
  } catch {
    return null;
  }
}

/** One round for people. */
export function roundLine({ points, happened, wanted, drainMs, verdict, tookMs }: RoundResult): string {
  const name = points.join(', ').padEnd(18);
  const violations = Object.values(verdict.found).reduce((sum, count) => sum + count, 0);
  const drain = drainMs === null ? 'NOT DRAINED' : `${(drainMs / 1000).toFixed(1)} s`;
  return [
    name,
    `${happened}/${wanted}`.padStart(7),
    `${violations}`.padStart(12),
    `${verdict.records.stored}`.padStart(9),
    `${verdict.records.rejected}`.padStart(10),
    drain.padStart(12),
    `${(tookMs / 1000).toFixed(0)} s`.padStart(7),
  ].join('');
}
