// One bad record in each batch: it is rejected and kept, everything around it is stored, and no journal stands still.
import { unreadableRecords } from '../../firmware-sim/faults/poison.ts';
import { waitFor } from '../support/wait-for.ts';
import { historyIn, judged, storedNow } from './checked.ts';
import { JournalPump } from './journal-pump.ts';
import { provision } from './provision.ts';
import { duration, megabytes, type ProofResult, proofResult, whole } from './result.ts';
import { ingestMemory, type ProofContext, type Stage } from './stage.ts';
import { countStored } from './stored-counts.ts';
import type { JournalEntry } from './therapy-journal.ts';

export type PoisonOptions = { batches: number; pumps: number; recordsPerBatch: number };

export const usualPoison: PoisonOptions = { batches: 1_000, pumps: 100, recordsPerBatch: 20 };

const attempt = { attempted: 12, limit: 10, limitType: 'soft-high', response: 'override' };
const poisons = [
  ...unreadableRecords,
  // A required text that the database could not hold: PostgreSQL has no NUL.
  { kind: 'limit', body: { ...attempt, field: 'doseRate\u0000' } },
];

/** The journal of one pump; the bad record stands at another place in each batch. */
function poisoned(batches: number, perBatch: number, from: number): { entries: JournalEntry[]; bad: number[] } {
  const entries: JournalEntry[] = [];
  const bad: number[] = [];
  const bootedAt = Date.now() - batches * perBatch * 1_000;
  for (let batch = 0; batch < batches; batch += 1) {
    const worst = (from + batch * 7) % perBatch;
    const poison = poisons[(from + batch) % poisons.length];
    for (let place = 0; place < perBatch; place += 1) {
      const seq = entries.length + 1;
      const at = bootedAt + seq * 1_000;
      const good = { state: 'delivering', infusion: 1, rateMlPerH: 5, infusedMl: seq / 100 };
      const { kind, body } = place === worst && poison ? poison : { kind: 'sample', body: good };
      if (place === worst) bad.push(seq);
      const text = JSON.stringify({ seq, at: new Date(at).toISOString(), uptimeMs: seq * 1_000, kind, ...body });
      entries.push({ lane: 'telemetry', kind, at, text });
    }
  }
  return { entries, bad };
}

/** @throws Error when a journal stands still for two minutes */
export async function provePoison(options: PoisonOptions, stage: Stage, context: ProofContext): Promise<ProofResult> {
  const { platform, db } = stage;
  const perPump = Math.ceil(options.batches / options.pumps);
  const batches = perPump * options.pumps;
  const records = batches * options.recordsPerBatch;
  const { log, file } = historyIn(context.folder, 'poisoned');
  const accounts = await provision(db, 'POISON', options.pumps);
  const began = Date.now();
  const pumps = accounts.map((account, n) => {
    const { entries, bad } = poisoned(perPump, options.recordsPerBatch, n);
    const { id: pump, epoch } = account;
    for (const seq of bad) log.write({ pump, epoch, event: 'poison', from: seq, to: seq });
    return new JournalPump({
      port: platform.mqttPort,
      account,
      entries,
      uptimeMs: () => Date.now() - (entries[0]?.at ?? 0) + 1_000,
      batchRecords: options.recordsPerBatch,
      history: log,
    });
  });
  const closeAll = () => {
    for (const pump of pumps) pump.close();
  };
  stage.owns(closeAll);
  context.log(`${whole(batches)} batches of ${options.pumps} pumps, a bad record in each`);
  await Promise.all(pumps.map((pump) => pump.connect()));
  const still = () => pumps.filter((pump) => pump.upTo < pump.last).length;
  await waitFor(() => context.signal.aborted || still() === 0, {
    timeoutMs: 120_000,
    everyMs: 50,
    what: 'every journal to be acknowledged to its end',
  }).catch(() => context.log(`${still()} journals stand still`));
  const took = Date.now() - began;

  const counts = await countStored(db, 'POISON');
  const { rows } = await db.query<{ kept: string; reasons: string }>(
    `select count(*) filter (where raw is not null and length(raw) > 0) as kept, count(distinct reason) as reasons
       from rejected_record where pump_id like 'POISON-%' and seq is not null`,
  );
  const kept = Number(rows[0]?.kept);
  const verdict = judged(await storedNow(platform.databaseUrl), file);
  const stored = counts.stored - counts.rejected;
  const standing = still();
  closeAll();
  return proofResult(
    'poison',
    [
      ['batches', `${whole(batches)} of ${options.pumps} pumps, ${whole(records)} records`],
      ['rejected, kept', `${whole(counts.rejected)} for ${rows[0]?.reasons} reasons, ${whole(kept)} with their bytes`],
      ['stored', whole(stored)],
      ['lost, doubled', `${records - counts.stored + counts.doubled}, ${counts.doubled}`],
      ['standing still', `${standing} journals`],
      ['took', duration(took)],
      ['ingest memory', `${megabytes(ingestMemory(stage))} at most`],
      ...verdict.examples.map(({ kind, what }) => [kind, what] as const),
    ],
    [
      { what: 'every bad record is rejected, with its bytes', holds: counts.rejected === batches && kept === batches },
      { what: 'every other record is stored once', holds: stored === records - batches && counts.doubled === 0 },
      { what: 'no high-water mark stands still', holds: standing === 0 && counts.upTo === records },
      { what: 'the checker finds nothing', holds: verdict.good },
    ],
  );
}
