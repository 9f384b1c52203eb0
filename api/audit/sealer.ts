import type { Logger } from 'pino';
import { type Database, isDatabaseAway, type Query } from '../database.ts';
import { type AuditWords, chainStart, nextHash } from './chain.ts';

const everyMs = 1_000;
/** Audit numbers are handed out before the commit; a transaction lives seconds, never this many numbers. */
const lookBack = 10_000;

type Seal = { sealNo: number; auditId: number; hash: string };

/**
 * Seals what is new; one process at a time does, the others skip.
 * @returns how many entries were sealed
 */
export async function sealOnce(query: Query, lookBackBy = lookBack): Promise<number> {
  const [lock] = await query('audit_sealer_lock');
  if (!lock) return 0;
  const [last] = await query<Seal>('audit_last_seal');
  const from = last ? last.auditId - lookBackBy : 0;
  const entries = await query<AuditWords>('audit_unsealed', [from]);
  if (entries.length === 0) return 0;
  let hash: Buffer = last ? Buffer.from(last.hash, 'hex') : chainStart;
  let sealNo = last?.sealNo ?? 0;
  const seals = entries.map((entry) => {
    hash = nextHash(hash, entry);
    sealNo += 1;
    return { sealNo, auditId: entry.id, hash };
  });
  await query('audit_seals_insert', [
    seals.map((seal) => seal.sealNo),
    seals.map((seal) => seal.auditId),
    seals.map((seal) => seal.hash),
  ]);
  return entries.length;
}

/** Chains the audit log each second, never within a request. */
export function createSealer(db: Database, log: Logger): { start(): void; close(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined;
  let sealing: Promise<void> | null = null;
  let firstTime = true;

  async function seal(): Promise<void> {
    // Once after a start, everything: whatever an earlier process left behind.
    const reach = firstTime ? Number.MAX_SAFE_INTEGER : lookBack;
    await db.transaction((query) => sealOnce(query, reach));
    firstTime = false;
  }

  const run = () => {
    sealing ??= seal()
      .catch((error: unknown) => {
        if (!isDatabaseAway(error)) log.error({ err: error }, 'the audit log could not be sealed');
      })
      .finally(() => {
        sealing = null;
      });
  };
  return {
    start: () => {
      timer = setInterval(run, everyMs);
    },
    close: async () => {
      clearInterval(timer);
      await sealing;
      run();
      await sealing;
    },
  };
}
