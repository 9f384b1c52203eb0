import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { commitAlerts } from './commit-alerts.ts';
import { run } from './database.ts';
import type { JournalMemory, PumpMemory } from './fleet.ts';
import { keepRules } from './kept-rules.ts';
import type { Rows } from './rows.ts';
import { type QueryName, sql } from './sql.ts';
import { passed } from './steps.ts';

/** Somebody else owns a shard or wrote a cursor: what this worker remembers is not to be trusted. */
export class LostOwnership extends Error {
  override name = 'LostOwnership';
}

export type Lease = { shard: number; fence: bigint };

/**
 * Writes everything of `rows` in one transaction and commits it.
 * @returns the feed's head if alerts changed
 * @throws LostOwnership; any error of the database. After any of them the outcome is unknown, COMMIT included.
 */
export async function commit(
  client: PoolClient,
  leases: readonly Lease[],
  rows: Rows,
): Promise<{ head: number | null }> {
  // begin; the fence; then records before the cursors that count them, and the feed last of all.
  passed('before-begin');
  await begin(client, leases);
  passed('shards-locked');

  if (rows.telemetry.rows > 0) await copyTelemetry(client, rows.telemetry.finish());
  passed('samples-copied');
  await insert(client, 'insertProgrammes', rows.programme);
  await insert(client, 'insertDeliveries', rows.delivery);
  await insert(client, 'insertBoluses', rows.bolus);
  await insert(client, 'insertLimitAlerts', rows.limit);
  await insert(client, 'insertDeviceEvents', rows.device);
  await insert(client, 'insertAlarms', rows.alarm);
  await insert(client, 'insertGone', rows.gone);
  await insert(
    client,
    'insertRejectedRecords',
    rows.rejected.filter((row) => row.seq !== null),
  );
  await insert(
    client,
    'insertRejectedMessages',
    rows.rejected.filter((row) => row.seq === null),
  );
  passed('records-written');
  await insert(client, 'updateHellos', rows.hellos);
  await insert(client, 'upsertInfusions', [...rows.infusions.values()]);
  await insert(client, 'endSuperseded', rows.superseded);
  await insert(client, 'upsertInfusionChecks', [...rows.judgements.values()]);
  await insert(client, 'removeDoseSpans', [...rows.movedDoses.values()]);
  await insert(client, 'upsertDoseSpans', [...rows.doses.values()]);
  await commitJournals(client, rows);
  passed('cursors-moved');
  await insert(
    client,
    'upsertPumpStates',
    rows.kept.map(pumpStateRow).filter((row) => row !== null),
  );
  const head = await commitAlerts(client, rows.alerts);
  passed('before-commit');
  const answer = client.query('commit');
  passed('commit-sent');
  await answer;
  passed('committed');
  return { head };
}

/** One message to the database instead of two: every transaction begins like this. */
async function begin(client: PoolClient, leases: readonly Lease[]): Promise<void> {
  if (leases.length === 0) {
    // All shards went to somebody else while messages waited that could not be read: to keep those belongs to no shard.
    await client.query('begin');
    return;
  }
  const mine = leases.map(({ shard, fence }) => `(${shard}, ${fence})`).join(', ');
  const results: unknown = await client.query(`begin; ${sql.beginShards.replace('$mine', mine)}`);
  const renewed = Array.isArray(results) ? results[1]?.rowCount : undefined;
  if (renewed !== leases.length) throw new LostOwnership('a shard has another owner');
}

async function insert(client: PoolClient, name: QueryName, rows: readonly unknown[]): Promise<void> {
  if (rows.length > 0) await run(client, name, [JSON.stringify(rows)]);
}

/** One COPY of all samples. */
function copyTelemetry(client: PoolClient, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = client.query(copyFrom(sql.copyTelemetry));
    stream.on('finish', resolve);
    stream.on('error', reject);
    stream.end(bytes);
  });
}

async function commitJournals(client: PoolClient, rows: Rows): Promise<void> {
  const fresh: unknown[] = [];
  const known: unknown[] = [];
  for (const journal of rows.journals) {
    (journal.version === null ? fresh : known).push(journalRow(journal));
  }
  await insert(client, 'insertJournals', fresh);
  if (known.length === 0) return;
  const updated = await run(client, 'updateJournals', [JSON.stringify(known)]);
  if (updated.rowCount !== known.length) throw new LostOwnership('a journal was written by somebody else');
}

function journalRow(journal: JournalMemory) {
  const { cursor } = journal;
  return {
    pump_id: journal.pump,
    epoch: journal.epoch,
    epoch_no: journal.epochNo,
    previous_epoch: journal.previousEpoch,
    version: journal.version,
    up_to: cursor.upTo,
    above: cursor.above,
    lost: cursor.lost,
    highest: cursor.highest,
    up_to_at: journal.upToAt,
    records: journal.records,
    rejected: journal.rejected,
    boot: journal.boot,
    boot_after: journal.bootAfter,
    boot_after_at: journal.bootAfterAt,
    latest_at: journal.latestAt,
    // The clock changes seldom: null leaves the row's.
    clock: journal.clockChanged ? journal.clock : null,
    closed: journal.closed,
  };
}

/** After a commit: a row's version is one higher, and what was written need not be written again. */
export function noteCommitted(rows: Rows, now: number): void {
  for (const journal of rows.journals) {
    journal.version = journal.version === null ? 1 : journal.version + 1;
    journal.clockChanged = false;
  }
  for (const pump of rows.kept) {
    pump.mustKeep = false;
    pump.keptAt = now;
  }
}

function pumpStateRow(pump: PumpMemory) {
  const journal = pump.newest;
  if (!journal || pump.rules.contactAt === null) return null;
  const sample = pump.rules.lastSample;
  return {
    pump_id: pump.pump,
    epoch_no: journal.epochNo,
    seq: journal.cursor.highest,
    infusion: sample?.infusion ?? null,
    state: sample?.state ?? null,
    rate_ml_per_h: sample?.rateMlPerH ?? null,
    infused_ml: sample?.infusedMl ?? null,
    vtbi_remaining_ml: sample?.vtbiRemainingMl ?? null,
    reservoir_ml: sample?.reservoirMl ?? null,
    pressure_kpa: sample?.pressureKpa ?? null,
    battery_pct: sample?.batteryPct ?? null,
    mains: sample?.mains ?? null,
    last_sample_at: sample?.at ?? null,
    last_contact_at: pump.rules.contactAt,
    silent_since: silentSince(pump),
    rules: keepRules(pump.rules),
  };
}

/** Since when the pump counts as silent, ms, or null. */
export function silentSince(pump: PumpMemory): number | null {
  return pump.rules.open.find((open) => open.key === 'silent-pump')?.raisedAt ?? null;
}
