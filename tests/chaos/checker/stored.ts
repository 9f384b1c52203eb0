// What the database holds at the end, read by plain SQL.
import type pg from 'pg';

export type StoredRecord = {
  pump: string;
  epoch: string;
  seq: number;
  /** The table it stands in. */
  table: string;
  /** When its transaction was committed, ms since 1970; null where the server does not keep that. */
  committedAt: number | null;
  /** Some of its fields, by their names on the wire. */
  content: Record<string, unknown>;
  /** When it happened by the platform's estimate, ms since 1970. */
  happenedAt: number;
};

export type StoredRejection = {
  pump: string;
  epoch: string;
  seq: number;
  raw: string | null;
  kind: string | null;
  committedAt: number | null;
};

export type StoredGone = {
  pump: string;
  epoch: string;
  from: number;
  to: number;
  by: 'pump' | 'platform';
  reason: string;
  committedAt: number | null;
};

export type StoredJournal = { pump: string; epoch: string; epochNo: number; upTo: number; highest: number };

export type StoredAlert = {
  id: string;
  pump: string | null;
  epochNo: number | null;
  alarm: number | null;
  type: string;
  times: number;
  condition: string;
  priority: string;
  raisedAt: number;
  /** Null while it is active. */
  endedAt: number | null;
};

export type FeedEntry = {
  seq: number;
  alert: string;
  condition: string;
  times: number;
  priority: string;
};

export type Stored = {
  records: readonly StoredRecord[];
  rejections: readonly StoredRejection[];
  gone: readonly StoredGone[];
  journals: readonly StoredJournal[];
  alerts: readonly StoredAlert[];
  feed: { head: number; entries: readonly FeedEntry[] };
};

/** Fields that a record must have kept, by its table; spelled as on the wire. */
const contents: Readonly<Record<string, string>> = {
  telemetry: `'state', state, 'infusion', infusion, 'rateMlPerH', rate_ml_per_h, 'infusedMl', infused_ml`,
  programme: `'infusion', infusion, 'drug', drug, 'doseRate', dose_rate, 'rateMlPerH', rate_ml_per_h`,
  delivery: `'infusion', infusion, 'segment', segment, 'phase', phase, 'totalMl', total_ml`,
  bolus: `'infusion', infusion, 'origin', origin, 'result', result`,
  limit_alert: `'field', field, 'attempted', attempted`,
  device_event: `'event', event`,
  alarm: `'alarm', alarm, 'code', code, 'phase', phase`,
  gone: `'from', from_seq, 'to', to_seq`,
};

/** The table of each kind of record. */
export const tableOf: Readonly<Record<string, string>> = {
  sample: 'telemetry',
  programme: 'programme',
  delivery: 'delivery',
  bolus: 'bolus',
  limit: 'limit_alert',
  device: 'device_event',
  alarm: 'alarm',
  gone: 'gone',
};

type Row = Record<string, unknown>;
const number = (value: unknown) => Number(value);
const orNull = (value: unknown) => (value === null ? null : Number(value));
const text = (value: unknown) => String(value);

/** Reads everything that the checker compares. The server should run with `track_commit_timestamp = on`. */
export async function readStored(db: pg.Pool | pg.Client): Promise<Stored> {
  const tracked = await db.query<{ setting: string }>(
    "select setting from pg_settings where name = 'track_commit_timestamp'",
  );
  // xmin is the transaction that wrote the row; the server knows when that one was committed.
  const committed =
    tracked.rows[0]?.setting === 'on'
      ? 'extract(epoch from pg_xact_commit_timestamp(r.xmin)) * 1000 as committed'
      : 'null as committed';
  const rows = async (query: string): Promise<Row[]> => (await db.query<Row>(query)).rows;

  const records: StoredRecord[] = [];
  for (const [table, fields] of Object.entries(contents)) {
    const found = await rows(`
      select r.pump_id, j.epoch, r.seq, extract(epoch from r.at) * 1000 as happened, jsonb_build_object(${fields}) as content, ${committed}
        from ${table} r left join journal j on j.pump_id = r.pump_id and j.epoch_no = r.epoch_no
       where r.seq is not null`);
    for (const row of found) {
      records.push({
        pump: text(row.pump_id),
        epoch: text(row.epoch),
        seq: number(row.seq),
        table,
        committedAt: orNull(row.committed),
        happenedAt: number(row.happened),
        content: Object.fromEntries(Object.entries(row.content ?? {})),
      });
    }
  }
  const rejections = await rows(`
    select r.pump_id, j.epoch, r.seq, r.kind, convert_from(r.raw, 'UTF8') as raw, ${committed}
      from rejected_record r left join journal j on j.pump_id = r.pump_id and j.epoch_no = r.epoch_no
     where r.seq is not null`);
  const gone = await rows(`
    select r.pump_id, j.epoch, r.from_seq, r.to_seq, r.declared_by, r.reason, ${committed}
      from gone r left join journal j on j.pump_id = r.pump_id and j.epoch_no = r.epoch_no`);
  const journals = await rows('select pump_id, epoch, epoch_no, up_to, highest from journal');
  const alerts = await rows(
    'select alert_id, pump_id, epoch_no, alarm, type, times, condition, priority, extract(epoch from raised_at) * 1000 as raised, extract(epoch from ended_at) * 1000 as ended from alert',
  );
  const [feed] = await rows('select head from feed');
  const entries = await rows(`
    select seq, alert_id, document->>'condition' as condition, document->>'count' as times,
           document->>'priority' as priority
      from feed_entry order by seq`);
  return {
    records,
    rejections: rejections.map((row) => ({
      pump: text(row.pump_id),
      epoch: text(row.epoch),
      seq: number(row.seq),
      raw: row.raw === null ? null : text(row.raw),
      kind: row.kind === null ? null : text(row.kind),
      committedAt: orNull(row.committed),
    })),
    gone: gone.map((row) => ({
      pump: text(row.pump_id),
      epoch: text(row.epoch),
      from: number(row.from_seq),
      to: number(row.to_seq),
      by: row.declared_by === 'pump' ? 'pump' : 'platform',
      reason: text(row.reason),
      committedAt: orNull(row.committed),
    })),
    journals: journals.map((row) => ({
      pump: text(row.pump_id),
      epoch: text(row.epoch),
      epochNo: number(row.epoch_no),
      upTo: number(row.up_to),
      highest: number(row.highest),
    })),
    alerts: alerts.map((row) => ({
      id: text(row.alert_id),
      pump: row.pump_id === null ? null : text(row.pump_id),
      epochNo: orNull(row.epoch_no),
      alarm: orNull(row.alarm),
      type: text(row.type),
      times: number(row.times),
      condition: text(row.condition),
      priority: text(row.priority),
      raisedAt: number(row.raised),
      endedAt: orNull(row.ended),
    })),
    feed: {
      head: number(feed?.head ?? 0),
      entries: entries.map((row) => ({
        seq: number(row.seq),
        alert: text(row.alert_id),
        condition: text(row.condition),
        times: number(row.times),
        priority: text(row.priority),
      })),
    },
  };
}
