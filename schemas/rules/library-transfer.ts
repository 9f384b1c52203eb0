// How a library gets into one pump, part by part. A part goes when the one before is answered; what the pump says it
// lacks counts more than what was sent. Pure: the distributor (api/distribution) sends and stores.

export type PartRange = [from: number, to: number];

export const transferStates = ['assigned', 'offered', 'transferring', 'received', 'installed', 'failed'] as const;
export type TransferState = (typeof transferStates)[number];

/** As long as a part may still have to go. */
export type Transfer = {
  state: 'assigned' | 'offered' | 'transferring' | 'received' | 'failed';
  /** Parts that the pump has not confirmed. */
  missing: PartRange[];
  /** Sendings of the part that is on its way, without an answer. */
  sends: number;
  /** Times that the pump refused what it got. */
  refusals: number;
  error: string | null;
};

export type PartAnswer = { ok: boolean; error: string | null; missing: PartRange[] | null };

/** A part without an answer goes again after this long, doubling … */
export const resendAfterMs = 10_000;
/** … up to this. A new hello of the pump overrides both: what was on its way then is lost for certain. */
export const mostResendMs = 300_000;
/** A refused library is tried again after this long, doubling. */
export const refusedAgainMs = 15_000;
/** Refused so often, it is given up. */
export const mostRefusals = 5;

export const allParts = (parts: number): PartRange[] => [[1, parts]];

/**
 * The part to send. A pump that has everything is asked with the last one: if it lost the others with its power, its
 * answer says so, and if it did not, it costs one part.
 */
export function partToSend(missing: readonly PartRange[], parts: number): number {
  return missing[0]?.[0] ?? parts;
}

/** A part leaves. @returns how the transfer is then, and how long to wait for the answer, ms */
export function sendPart(transfer: Transfer): { next: Transfer; waitMs: number } {
  const state = transfer.state === 'assigned' ? 'offered' : transfer.state;
  const waitMs = Math.min(mostResendMs, resendAfterMs * 2 ** transfer.sends);
  return { next: { ...transfer, state, sends: transfer.sends + 1 }, waitMs };
}

/**
 * The pump answers the part that is on its way.
 * @returns how the transfer is then, and how long to wait before the next part, ms; null: nothing is to be sent
 */
export function takeAnswer(
  transfer: Transfer,
  part: number,
  parts: number,
  answer: PartAnswer,
): { next: Transfer; waitMs: number | null } {
  if (!answer.ok) {
    const refusals = transfer.refusals + 1;
    const error = answer.error ?? 'the pump gave no reason';
    const begun: Transfer = { ...transfer, missing: allParts(parts), sends: 0, refusals, error };
    if (refusals >= mostRefusals) return { next: { ...begun, state: 'failed' }, waitMs: null };
    return { next: { ...begun, state: 'offered' }, waitMs: refusedAgainMs * 2 ** (refusals - 1) };
  }
  const missing = answer.missing ? within(answer.missing, parts) : withoutPart(transfer.missing, part);
  const next: Transfer = { ...transfer, missing, sends: 0, state: missing.length === 0 ? 'received' : 'transferring' };
  return { next, waitMs: missing.length === 0 ? null : 0 };
}

/** Ranges without one part. */
export function withoutPart(ranges: readonly PartRange[], part: number): PartRange[] {
  return ranges.flatMap(([from, to]): PartRange[] => {
    if (part < from || part > to) return [[from, to]];
    const left: PartRange[] = [];
    if (from < part) left.push([from, part - 1]);
    if (part < to) left.push([part + 1, to]);
    return left;
  });
}

/** What a pump says, held to the parts that there are. */
function within(ranges: readonly PartRange[], parts: number): PartRange[] {
  return ranges
    .map(([from, to]): PartRange => [Math.max(1, from), Math.min(parts, to)])
    .filter(([from, to]) => from <= to)
    .sort(([a], [b]) => a - b);
}
