import { createHash } from 'node:crypto';
import type { Command } from '#schemas/messages/control.ts';

type Offer = Extract<Command, { cmd: 'firmware' }>;

/** Parts of one file that is being handed down. */
export type Transfer = { version: string; sha256: string; parts: Map<number, Buffer> };

export type TransferStep =
  | { done: false; transfer: Transfer }
  | { done: true; version: string }
  | { done: false; transfer: null; error: string };

/** Takes one part (base64). Another version or digest starts over; the digest is checked when all parts are in. */
export function takePart(transfer: Transfer | null, offer: Offer): TransferStep {
  const { version, sha256, part, parts, data } = offer.args;
  if (part > parts) return { done: false, transfer: null, error: `part ${part} of ${parts}` };
  const same = transfer !== null && transfer.version === version && transfer.sha256 === sha256;
  const held = new Map(same ? transfer.parts : []);
  held.set(part, Buffer.from(data, 'base64'));
  if (held.size < parts) return { done: false, transfer: { version, sha256, parts: held } };
  const ordered = [...held].sort(([a], [b]) => a - b).map(([, bytes]) => bytes);
  const digest = createHash('sha256').update(Buffer.concat(ordered)).digest('hex');
  if (digest !== sha256) return { done: false, transfer: null, error: `${offer.cmd} ${version}: sha256 differs` };
  return { done: true, version };
}
