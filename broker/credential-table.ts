import type { Mirror } from './credential-mirror.ts';
import type { CredentialRow } from './sql/read-credentials.ts';
import { sameHash } from './token.ts';

export interface Credential {
  readonly id: string;
  readonly hash: Uint8Array;
  /** Microseconds since 1970. */
  readonly createdUs: number;
  /** A pump has connected with it. */
  used: boolean;
}

/** Which tokens each pump may use. A pump without tokens is in it too; one that is retired is not. */
export type CredentialTable = Map<string, Credential[]>;

export function tableFromRows(rows: readonly CredentialRow[]): CredentialTable {
  const table: CredentialTable = new Map();
  for (const row of rows) {
    const credentials = table.get(row.pump_id) ?? [];
    table.set(row.pump_id, credentials);
    if (row.credential_id === null || row.token_hash === null) continue;
    const { credential_id: id, token_hash: hash, used } = row;
    credentials.push({ id, hash, used, createdUs: Number(row.created_us) });
  }
  return table;
}

export function tableFromMirror(mirror: Mirror): CredentialTable {
  return new Map(
    Object.entries(mirror.pumps).map(([pump, credentials]) => [
      pump,
      credentials.map((credential) => ({ ...credential, hash: Buffer.from(credential.hash, 'base64') })),
    ]),
  );
}

export function mirrorOf(table: CredentialTable, firstUses: Mirror['firstUses']): Mirror {
  const pumps: Mirror['pumps'] = {};
  for (const [pump, credentials] of table) {
    pumps[pump] = credentials.map((credential) => ({
      ...credential,
      hash: Buffer.from(credential.hash).toString('base64'),
    }));
  }
  return { v: 1, pumps, firstUses };
}

/** The credential that this token belongs to. */
export function findCredential(table: CredentialTable, pump: string, tokenHash: Uint8Array): Credential | null {
  return table.get(pump)?.find((credential) => sameHash(credential.hash, tokenHash)) ?? null;
}

/**
 * A pump has connected with this credential: it counts as used, and the pump's older ones are gone from the table.
 * False when that was known already.
 */
export function markUsed(table: CredentialTable, pump: string, credentialId: string): boolean {
  const credentials = table.get(pump);
  const used = credentials?.find(({ id }) => id === credentialId);
  if (!credentials || !used || used.used) return false;
  used.used = true;
  table.set(
    pump,
    credentials.filter(({ createdUs }) => createdUs >= used.createdUs),
  );
  return true;
}
