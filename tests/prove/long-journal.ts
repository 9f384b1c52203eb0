// A pump comes back after three days with all of them in its journal.
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Alert } from '#schemas/http/alert.ts';
import type { ServerFrame } from '#schemas/http/live-frames.ts';
import { infusion, infusionDetail } from '#schemas/http/shapes.ts';
import { sampleRecord } from '#schemas/messages/record.ts';
import { waitFor } from '../support/wait-for.ts';
import { historyIn, judged, storedNow } from './checked.ts';
import { JournalPump } from './journal-pump.ts';
import { provision } from './provision.ts';
import { duration, type ProofResult, proofResult, whole } from './result.ts';
import type { ProofContext, Stage } from './stage.ts';
import { type JournalEntry, type TherapyJournal, therapyJournal } from './therapy-journal.ts';

export type LongJournalOptions = {
  hours: number;
  alarmEveryMs: number;
  /** What the pump had sent before it was gone for so long. */
  knownRecords: number;
};

export const usualLongJournal: LongJournalOptions = { hours: 72, alarmEveryMs: 4 * 3_600_000, knownRecords: 60 };

/** Times are estimated from the pump's monotonic clock: off by the way of a message at most. */
const rightWithinMs = 2_000;
/** Samples every 10 s, and what happens between. */
const recordsPerHour = 364;

const prefix = 'LONG';

/** @throws Error when the journal is not acknowledged within five minutes */
export async function proveLongJournal(
  options: LongJournalOptions,
  stage: Stage,
  context: ProofContext,
): Promise<ProofResult> {
  const { platform, db } = stage;
  const { knownRecords } = options;
  const [account] = await provision(db, prefix, 1);
  if (!account) throw new Error('no pump was provisioned');
  const records = Math.round(options.hours * recordsPerHour);
  const journal = therapyJournal({ records, endsAt: Date.now(), alarmEveryMs: options.alarmEveryMs, oneActive: true });
  const { entries, alarms } = journal;
  const bootedAt = entries[0]?.at ?? 0;
  const uptimeMs = () => Date.now() - bootedAt;
  const { log: history, file } = historyIn(context.folder, `long-${randomUUID()}`);
  const common = { port: platform.mqttPort, account, uptimeMs, history };
  const heard: { at: number; alert: Alert }[] = [];
  const screen = stage.screen('technician', (frame: ServerFrame) => {
    if (frame.type !== 'alert' || frame.alert.pump !== account.id || !isPumpAlarm(frame.alert)) return;
    heard.push({ at: Date.now(), alert: frame.alert });
  });
  await waitFor(() => screen.open, { what: 'the screen' });

  const first = entries.slice(0, knownRecords);
  const before = new JournalPump({ ...common, entries: first });
  stage.owns(() => before.close());
  await before.connect();
  await waitFor(() => before.upTo === knownRecords, { timeoutMs: 30_000, what: 'the first records' });
  before.close();

  context.log(`${account.id} comes back with ${whole(records - knownRecords)} records of ${options.hours} h`);
  const began = Date.now();
  const pump = new JournalPump({ ...common, entries, upTo: knownRecords });
  stage.owns(() => pump.close());
  await pump.connect();
  const sampling = keepSampling(pump, entries);
  stage.owns(sampling.stop);
  await waitFor(() => context.signal.aborted || pump.upTo >= records, {
    timeoutMs: 300_000,
    what: 'the whole journal to be acknowledged',
  });
  sampling.stop();
  await waitFor(() => context.signal.aborted || pump.upTo === pump.last, {
    timeoutMs: 30_000,
    what: 'the newest samples to be acknowledged',
  });
  const acknowledgedAfter = Date.now() - began;
  const stillActive = alarms.filter(({ endedAt }) => endedAt === null);
  const active = () => heard.filter(({ alert }) => alert.condition === 'active');
  await waitFor(() => active().length >= stillActive.length, { timeoutMs: 30_000, what: 'the active alarm' }).catch(
    () => {},
  );
  const firstActive = active()[0];
  pump.close();

  const stored = await storedNow(platform.databaseUrl);
  const mine = stored.records.filter((record) => record.pump === account.id).toSorted((a, b) => a.seq - b.seq);
  const off = mine.map(({ seq, happenedAt }) => Math.abs(happenedAt - (pump.entries[seq - 1]?.at ?? 0)));
  const farthestOff = off.reduce((most, one) => Math.max(most, one), 0);
  const backward = mine.map(({ happenedAt }, n) => (mine[n - 1]?.happenedAt ?? 0) - happenedAt);
  const farthestBack = backward.reduce((most, one) => Math.max(most, one), 0);
  const verdict = judged(stored, file);
  const alerts = await alertsOf(stage, account.id);
  const ended = alerts.filter(({ condition }) => condition === 'ended');
  const open = alerts.filter(({ condition }) => condition === 'active');
  const rightly = alerts.filter((alert) => isRight(alert, journal)).length;
  const told = await infusionsOf(stage, account.id);
  const totalMl = told.reduce((sum, { totalMl: ml }) => sum + (ml ?? 0), 0);
  const sorted = told.every(({ timeline }) => {
    const seqs = timeline.filter(({ kind }) => kind !== 'alert' && kind !== 'action').map(({ seq }) => seq ?? 0);
    return seqs.every((seq, n) => seq > (seqs[n - 1] ?? 0));
  });
  const everActive = new Set(active().map(({ alert }) => alert.id));
  const paged = ended.filter(({ id }) => everActive.has(id)).length;
  const activeId = open[0]?.id;
  const since = stillActive[0]?.startedAt ?? 0;
  return proofResult(
    'long-journal',
    [
      ['journal', `${whole(records)} records of ${options.hours} h: ${kindsOf(journal)}`],
      ['acknowledged', `after ${duration(acknowledgedAfter)}`],
      ['stored', `${whole(mine.length)}; ${verdict.found.lost ?? 0} lost, ${verdict.found.doubled ?? 0} doubled`],
      ['times', `off by ${whole(farthestOff)} ms at most; the next one ${whole(farthestBack)} ms earlier at most`],
      ['infusions', `${told.length}, ${totalMl.toFixed(1)} mL delivered of ${journal.totalMl.toFixed(1)} mL`],
      ['ended alarms', `${ended.length} recorded as late, ${paged} shown as if they were now`],
      [
        'active alarm',
        firstActive
          ? `on the screen ${duration(firstActive.at - began)} after coming back, since ${firstActive.alert.raisedAt}`
          : 'NOT on the screen',
      ],
      ...verdict.examples.map(({ kind, what }) => [kind, what] as const),
    ],
    [
      {
        what: 'every record stored once, none changed, by the checker',
        holds: verdict.good && mine.length === pump.last,
      },
      { what: 'at the right times', holds: farthestOff <= rightWithinMs },
      {
        what: 'every infusion whole, its timeline in the order of the journal',
        holds:
          told.length === journal.infusions &&
          told.every(({ completeness }) => completeness.missing === 0) &&
          sorted &&
          Math.abs(totalMl - journal.totalMl) < 0.1,
      },
      {
        what: 'every alarm is one alert with its own times, and no alert is of an alarm that was not',
        holds: rightly === alarms.length && alerts.length === alarms.length,
      },
      {
        what: 'what ended within the backlog is late, and was never active on a screen',
        holds: ended.length === alarms.length - 1 && ended.every(({ late }) => late) && paged === 0,
      },
      {
        what: 'what is still active alerts now, saying since when',
        holds:
          open.length === 1 &&
          everActive.size === 1 &&
          activeId !== undefined &&
          everActive.has(activeId) &&
          Math.abs(Date.parse(open[0]?.raisedAt ?? '') - since) <= rightWithinMs,
      },
    ],
  );
}

/** The platform's own checks speak of this pump too: nobody ordered what it gives. */
const isPumpAlarm = ({ type }: Alert) => type.startsWith('MDC_');

/** The pump goes on: a sample now and every 10 s, of the state that its journal ends in. */
function keepSampling(pump: JournalPump, entries: readonly JournalEntry[]): { stop: () => void } {
  const last = entries.findLast(({ kind }) => kind === 'sample');
  const { seq: _, at: __, uptimeMs: ___, kind: ____, ...fields } = sampleRecord.parse(JSON.parse(last?.text ?? '{}'));
  const sample = () => pump.append('telemetry', 'sample', fields);
  sample();
  const timer = setInterval(sample, 10_000);
  return { stop: () => clearInterval(timer) };
}

/** Whether an alert says of its alarm what the journal does. */
function isRight(alert: StoredFacts, { alarms }: TherapyJournal): boolean {
  const alarm = alarms.find(({ alarm: number }) => number === alert.alarm);
  if (!alarm || alarm.code !== alert.type) return false;
  const near = (told: string | null, at: number | null) =>
    at === null ? told === null : told !== null && Math.abs(Date.parse(told) - at) <= rightWithinMs;
  return near(alert.raisedAt, alarm.startedAt) && near(alert.endedAt, alarm.endedAt);
}

type StoredFacts = {
  id: string;
  alarm: number;
  type: string;
  condition: string;
  late: boolean;
  raisedAt: string;
  endedAt: string | null;
};

async function alertsOf({ db }: Stage, pump: string): Promise<StoredFacts[]> {
  const { rows } = await db.query<StoredFacts & { raised: Date; ended: Date | null }>(
    `select alert_id as id, alarm::integer as alarm, type, condition, late, raised_at as raised, ended_at as ended
       from alert where pump_id = $1 and alarm is not null`,
    [pump],
  );
  return rows.map(({ raised, ended, ...row }) => ({
    ...row,
    raisedAt: raised.toISOString(),
    endedAt: ended?.toISOString() ?? null,
  }));
}

/** The infusions as anybody gets them over HTTP. */
async function infusionsOf({ platform, cookie }: Stage, pump: string) {
  const ask = async (path: string): Promise<unknown> => {
    const reply = await fetch(`${platform.apiUrl}/api/v1${path}`, { headers: { cookie } });
    if (!reply.ok) throw new Error(`${path} answered ${reply.status}`);
    return reply.json();
  };
  const list = z.object({ items: z.array(infusion) }).parse(await ask(`/infusions?pump=${pump}&limit=200`));
  return Promise.all(list.items.map(async ({ id }) => infusionDetail.parse(await ask(`/infusions/${id}`))));
}

function kindsOf({ entries }: TherapyJournal): string {
  const counts = new Map<string, number>();
  for (const { kind } of entries) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${whole(count)} ${kind}`).join(', ');
}
