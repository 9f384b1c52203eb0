// The database is away for minutes under a whole fleet: nothing is lost or acknowledged, memory stays bounded, and an
// alarm is on the screens all the same.
import { mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerFrame } from '#schemas/http/live-frames.ts';
import { type JournalEvent, journalEvent, readEvents } from '../chaos/checker/history.ts';
import { demoPassword } from '../chaos/platform.ts';
import { type ChaosPumps, provisionPumps, startPumps } from '../chaos/pumps.ts';
import type { PumpsSettings } from '../chaos/pumps-main.ts';
import { waitFor } from '../support/wait-for.ts';
import { judged, storedNow } from './checked.ts';
import { type RaisedAlarm, startLivePumps } from './live-pumps.ts';
import { provision } from './provision.ts';
import { duration, megabytes, type ProofResult, percentile, proofResult, whole } from './result.ts';
import { keyOf, shownAlerts } from './shown.ts';
import { ingestMemory, type ProofContext, type Stage } from './stage.ts';
import { committedOf } from './stored-counts.ts';

export type DatabaseOffOptions = {
  minutes: number;
  pumps: number;
  cadenceMs: number;
  /** How long the fleet runs before, ms. */
  warmUpMs: number;
  /** Alarms during the outage whose way to the screen is timed. */
  alarms: number;
};

export const usualDatabaseOff: DatabaseOffOptions = {
  minutes: 5,
  pumps: 1_000,
  cadenceMs: 10_000,
  warmUpMs: 30_000,
  alarms: 30,
};

const provisionalWithinMs = 5_000;
const mostIngestBytes = 512 * 1024 * 1024;
const drainWithinMs = 300_000;
/** What was committed just before is still acknowledged: at most once per pump in 5 s. */
const lastAcksMs = 6_000;
const seed = 1;
/** Longer than an alarm may take to the screen. */
const soundsMs = 15_000;

/** @throws Error when the fleet does not come up, or does not drain in time */
export async function proveDatabaseOff(
  options: DatabaseOffOptions,
  stage: Stage,
  context: ProofContext,
): Promise<ProofResult> {
  const { platform, db } = stage;
  const offMs = options.minutes * 60_000;
  const shown = shownAlerts();
  /** When each alarm was first among the provisional ones, and whether any still are. */
  const provisional = new Map<string, number>();
  let provisionalNow = 0;
  const screen = stage.screen('on-call', (frame: ServerFrame) => {
    shown.hear(frame);
    if (frame.type !== 'provisional') return;
    provisionalNow = frame.alerts.length;
    for (const { pump, type } of frame.alerts) {
      const key = keyOf(pump, type);
      if (!provisional.has(key)) provisional.set(key, Date.now());
    }
  });
  await waitFor(() => screen.open, { what: 'the screen' });
  const accounts = await provision(db, 'MARKED', 10);
  const marked = await startLivePumps(platform.mqttPort, accounts, options.cadenceMs, soundsMs);
  stage.owns(marked.close);
  const { pumps, historyLog } = await startFleet(options, stage, context);
  await waitFor(async () => (await committedOf(db, 'HOME')) >= options.pumps, {
    timeoutMs: 120_000,
    everyMs: 200,
    what: 'every pump to be heard',
  });
  await pause(options.warmUpMs, context.signal);

  context.log(`the database stops for ${duration(offMs)}`);
  const stoppedAt = Date.now();
  const journaledBefore = pumps.totals?.journaled ?? 0;
  const back = platform.database.stop(offMs);
  const raised: RaisedAlarm[] = [];
  for (let n = 0; n < options.alarms; n += 1) {
    await pause(offMs / (options.alarms + 2), context.signal);
    raised.push(marked.raise());
  }
  await back;
  const backAt = Date.now();
  marked.quiet();
  pumps.order({ do: 'finish' });
  const markedLast = new Map(marked.pumps.map((pump) => [pump, pump.last]));
  const journaled = () => pumps.totals?.journaled ?? Number.POSITIVE_INFINITY;
  context.log(`the database is back; ${whole(journaled() - journaledBefore)} records were written meanwhile`);
  const meanwhile = journaled() - journaledBefore;
  await waitFor(() => (pumps.totals?.acknowledged ?? 0) >= journaled(), {
    timeoutMs: drainWithinMs,
    everyMs: 50,
    what: 'every record to be acknowledged',
  });
  await waitFor(() => [...markedLast].every(([pump, last]) => pump.upTo >= last), {
    timeoutMs: drainWithinMs,
    everyMs: 50,
    what: 'the alarms to be acknowledged',
  });
  const drainedIn = Date.now() - backAt;
  await waitFor(() => provisionalNow === 0 && raised.every((alarm) => shown.first.has(keyOf(alarm.pump, alarm.code))), {
    timeoutMs: 30_000,
    what: 'the provisional alerts to be recorded',
  }).catch(() => {});
  await pumps.close();
  marked.close();

  const verdict = judged(await storedNow(platform.databaseUrl), historyLog);
  const acks = acksWithin(readEvents(historyLog, journalEvent), stoppedAt + lastAcksMs, backAt);
  const delays = raised.map(({ pump, code, at }) => (provisional.get(keyOf(pump, code)) ?? Number.NaN) - at);
  const slowest = delays.some(Number.isNaN) ? Number.POSITIVE_INFINITY : percentile(delays, 1);
  const { rows } = await db.query<{ alerts: string; kinds: string }>(
    `select count(*) as alerts, count(distinct type) as kinds from alert
      where pump_id like 'MARKED-%' and type like 'MDC_EVT_PROOF_%'`,
  );
  const merged =
    Number(rows[0]?.alerts) === raised.length &&
    Number(rows[0]?.kinds) === raised.length &&
    raised.every(({ pump, code }) => (shown.beginnings.get(keyOf(pump, code)) ?? 0) <= 1);
  const found = (kind: 'lost' | 'doubled') => verdict.found[kind] ?? 0;
  return proofResult(
    'database-off',
    [
      ['database', `away for ${duration(backAt - stoppedAt)} under ${whole(options.pumps)} pumps`],
      ['written meanwhile', `${whole(meanwhile)} records`],
      ['drained in', duration(drainedIn)],
      ['lost, doubled', `${found('lost')}, ${found('doubled')} of ${whole(verdict.records.journaled)} records`],
      ['acknowledged', `${acks} times while nothing could be stored`],
      [
        'provisional',
        `alarm on the screen after p50 ${duration(percentile(delays, 0.5))}, at most ${duration(slowest)}`,
      ],
      ['merged', `${rows[0]?.alerts} alerts of ${raised.length} alarms, ${provisionalNow} still provisional`],
      ['ingest memory', `${megabytes(ingestMemory(stage))} at most`],
      ...verdict.examples.map(({ kind, what }) => [kind, what] as const),
    ],
    [
      { what: 'nothing lost, nothing doubled, by the checker', holds: verdict.good },
      { what: 'nothing acknowledged that could not be stored', holds: acks === 0 },
      { what: `alarms on the screen within ${duration(provisionalWithinMs)}`, holds: slowest < provisionalWithinMs },
      { what: 'each of them one alert afterwards', holds: merged && provisionalNow === 0 },
      { what: `ingest under ${megabytes(mostIngestBytes)}`, holds: ingestMemory(stage) < mostIngestBytes },
      { what: 'no service ended by itself', holds: platform.crashes.length === 0 },
    ],
  );
}

/** The simulator's fleet, every journal of it written down for the checker. */
async function startFleet(
  { pumps: count, cadenceMs }: DatabaseOffOptions,
  stage: Stage,
  { folder, log }: ProofContext,
): Promise<{ pumps: ChaosPumps; historyLog: string }> {
  const dataDir = join(folder, 'sim');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const historyLog = join(folder, 'journals.ndjson');
  const output = openSync(join(folder, 'logs', 'pumps.log'), 'a');
  const settings: PumpsSettings = {
    dataDir,
    historyLog,
    apiUrl: stage.platform.apiUrl,
    brokerUrl: `mqtt://127.0.0.1:${stage.platform.mqttPort}`,
    password: demoPassword,
    pumps: count,
    prefix: 'HOME-',
    seed,
    cadenceMs,
    alarmRate: 10,
    startWithinMs: cadenceMs,
    provisionOnly: false,
  };
  log(`${whole(count)} pumps come up`);
  await provisionPumps(settings, output);
  const pumps = startPumps(settings, output);
  stage.owns(pumps.close);
  await pumps.running();
  await waitFor(() => (pumps.totals?.connected ?? 0) >= count, { timeoutMs: 120_000, what: 'every pump to connect' });
  return { pumps, historyLog };
}

/** Acknowledgements that pumps took within this time. */
function acksWithin(events: readonly JournalEvent[], from: number, to: number): number {
  return events.filter(({ event, at }) => event === 'ack' && at >= from && at < to).length;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal.addEventListener('abort', abort, { once: true });
  });
}
