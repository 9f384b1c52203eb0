// A preloaded backlog drains while live pumps go on raising alarms.
import { once } from 'node:events';
import * as z from 'zod';
import { answer, startProcess, stopProcess } from '../support/processes.ts';
import { waitFor } from '../support/wait-for.ts';
import type { BacklogSettings } from './backlog-main.ts';
import { startLivePumps } from './live-pumps.ts';
import { provision } from './provision.ts';
import { duration, megabytes, type ProofResult, percentile, proofResult, whole } from './result.ts';
import { keyOf, shownAlerts } from './shown.ts';
import { ingestMemory, type ProofContext, type Stage } from './stage.ts';
import { committedOf, countStored } from './stored-counts.ts';

export type BacklogOptions = {
  /** Records that wait in all journals together. */
  records: number;
  pumps: number;
  livePumps: number;
  alarmEveryMs: number;
  /** Alarms before the drain: how it is with nothing else to do. */
  alarmsBefore: number;
  /** Least records drained in a second; null: not judged. */
  atLeastPerS: number | null;
  /** Within what 99 of 100 live alarms are on the screen, ms. */
  alarmWithinMs: number;
};

export const usualBacklog: BacklogOptions = {
  records: 600_000,
  pumps: 200,
  livePumps: 50,
  alarmEveryMs: 50,
  alarmsBefore: 100,
  atLeastPerS: 20_000,
  alarmWithinMs: 2_000,
};

const told = z.object({ acknowledged: z.int(), sent: z.int() });

/** @throws Error when nothing moves for a minute */
export async function proveBacklog(options: BacklogOptions, stage: Stage, context: ProofContext): Promise<ProofResult> {
  const { platform, db } = stage;
  const perPump = Math.ceil(options.records / options.pumps);
  const records = perPump * options.pumps;
  const shown = shownAlerts();
  stage.screen('ward', shown.hear);
  const live = await startLivePumps(platform.mqttPort, await provision(db, 'LIVELY', options.livePumps));
  stage.owns(live.close);
  const backlog = startProcess('tests/prove/backlog-main.ts', []);
  stage.owns(() => stopProcess(backlog));
  const accounts = await provision(db, 'BACK', options.pumps);
  const settings: BacklogSettings = { port: platform.mqttPort, pumps: accounts, records: perPump };
  backlog.send(settings);
  await answer(backlog, 'loaded');
  const alarming = setInterval(live.raise, options.alarmEveryMs);
  stage.owns(() => clearInterval(alarming));
  await waitFor(() => live.raised.length >= options.alarmsBefore, {
    timeoutMs: 60_000,
    what: 'alarms before the drain',
  });

  context.log(`${options.pumps} pumps have ${whole(perPump)} records each; ${options.livePumps} live pumps go on`);
  const firstAlarm = live.raised.length;
  const began = Date.now();
  let drained = { acknowledged: 0, sent: 0 };
  backlog.on('message', (message) => {
    drained = told.parse(message);
  });
  backlog.send({ go: true });
  const took = await drain(() => committedOf(db, 'BACK'), records, began, context);
  const lastAlarm = live.raised.length;
  clearInterval(alarming);
  await waitFor(() => drained.acknowledged >= records, { timeoutMs: 60_000, what: 'the last acknowledgements' });
  const acknowledgedAfter = Date.now() - began;
  await waitFor(() => live.raised.every(({ pump, code }) => shown.first.has(keyOf(pump, code))), {
    timeoutMs: 30_000,
    what: 'every alarm on the screen',
  }).catch(() => {});
  live.quiet();
  const ended = once(backlog, 'exit');
  backlog.disconnect();
  await ended;

  const counts = await countStored(db, 'BACK');
  const perS = records / (took / 1_000);
  const during = live.raised.slice(firstAlarm, lastAlarm);
  const delays = (alarms: typeof during) =>
    alarms.map(({ pump, code, at }) => (shown.first.get(keyOf(pump, code))?.at ?? Number.POSITIVE_INFINITY) - at);
  const commits = during.flatMap(({ pump, code, at }) => {
    const committedAt = shown.first.get(keyOf(pump, code))?.alert.hops.committedAt;
    return committedAt ? [Date.parse(committedAt) - at] : [];
  });
  const missed = live.raised.filter(({ pump, code }) => shown.beginnings.get(keyOf(pump, code)) !== 1).length;
  const idle = delays(live.raised.slice(0, firstAlarm));
  const busy = delays(during);
  const p99 = percentile(busy, 0.99);
  const lost = records - (counts.stored - counts.doubled);
  return proofResult(
    'backlog',
    [
      ['backlog', `${whole(records)} records of ${options.pumps} pumps`],
      ['drained in', `${duration(took)} (acknowledged after ${duration(acknowledgedAfter)})`],
      ['drain', `${whole(perS)} records/s`],
      ['sent twice', `${whole(drained.sent - records)} records`],
      ['live alarms', `${during.length} during the drain, ${whole(1_000 / options.alarmEveryMs)} a second`],
      ['pump → committed', `p50 ${duration(percentile(commits, 0.5))}, p99 ${duration(percentile(commits, 0.99))}`],
      ['pump → screen', `p50 ${duration(percentile(busy, 0.5))}, p99 ${duration(p99)}`],
      ['… before it', `p50 ${duration(percentile(idle, 0.5))}, p99 ${duration(percentile(idle, 0.99))}`],
      ['lost, doubled', `${lost}, ${counts.doubled}`],
      ['ingest memory', `${megabytes(ingestMemory(stage))} at most`],
    ],
    [
      { what: 'nothing lost, nothing doubled', holds: lost === 0 && counts.doubled === 0 && counts.upTo === records },
      { what: 'every live alarm on the screen once', holds: missed === 0 && during.length > 0 },
      {
        what: `live alarms on the screen with p99 under ${duration(options.alarmWithinMs)}`,
        holds: p99 < options.alarmWithinMs,
      },
      ...(options.atLeastPerS === null
        ? []
        : [{ what: `at least ${whole(options.atLeastPerS)} records/s`, holds: perS >= options.atLeastPerS }]),
    ],
  );
}

const stalledMs = 60_000;

/** Waits until so many records are committed. @returns how long that took, ms */
async function drain(
  committed: () => Promise<number>,
  records: number,
  began: number,
  { log, signal }: ProofContext,
): Promise<number> {
  let before = 0;
  let movedAt = Date.now();
  let saidAt = Date.now();
  for (;;) {
    signal.throwIfAborted();
    const now = await committed();
    if (now >= records) return Date.now() - began;
    if (now > before) movedAt = Date.now();
    else if (Date.now() - movedAt > stalledMs) throw new Error(`stalled at ${now} of ${records} records`);
    before = now;
    if (Date.now() - saidAt > 5_000) {
      saidAt = Date.now();
      log(`${whole(now)} records committed after ${duration(saidAt - began)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
