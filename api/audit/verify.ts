import type { Query } from '../database.ts';
import { type AuditWords, chainStart, nextHash } from './chain.ts';

export type ChainCheck =
  | { ok: true; sealed: number; head: string; unsealed: number }
  | { ok: false; sealNo: number; auditId: number; reason: string };

/**
 * Follows the chain from its first entry.
 * @returns the first entry that does not fit, or the number of entries and the hash of the newest; keep that hash
 * elsewhere, since only so a log that was cut at its end and sealed anew shows
 */
export async function verifyChain(query: Query): Promise<ChainCheck> {
  let hash: Buffer = chainStart;
  let sealNo = 0;
  for (;;) {
    const rows = await query<AuditWords & { sealNo: number; hash: string }>('audit_chain', [sealNo]);
    for (const row of rows) {
      if (row.sealNo !== sealNo + 1) {
        return { ok: false, sealNo: sealNo + 1, auditId: row.id, reason: `seal ${sealNo + 1} is missing` };
      }
      hash = nextHash(hash, row);
      sealNo = row.sealNo;
      if (hash.toString('hex') !== row.hash) {
        return { ok: false, sealNo, auditId: row.id, reason: `entry ${row.id} is not what was sealed` };
      }
    }
    if (rows.length === 0) break;
  }
  const [old] = await query<{ count: number }>('audit_unsealed_old');
  return { ok: true, sealed: sealNo, head: hash.toString('hex'), unsealed: old?.count ?? 0 };
}
