import type { Channel, Purpose } from '#schemas/http/notification.ts';

/** Pause after the first failure, doubled up to the longest; after `givenUpMs` it is a dead letter. */
export type Patience = { firstMs: number; longestMs: number; givenUpMs: number };

const minute = 60_000;

export const patience: Record<Channel, Patience> = {
  'web-push': { firstMs: 1_000, longestMs: 30_000, givenUpMs: 15 * minute },
  sms: { firstMs: 2_000, longestMs: 30_000, givenUpMs: 15 * minute },
  voice: { firstMs: 2_000, longestMs: 30_000, givenUpMs: 15 * minute },
  'e-mail': { firstMs: 5_000, longestMs: 5 * minute, givenUpMs: 4 * 60 * minute },
  // Receivers may be away for a night; what they missed is a record, not only a call for help.
  webhook: { firstMs: 2_000, longestMs: 10 * minute, givenUpMs: 24 * 60 * minute },
};

/** A test that comes late says nothing of the present. */
const testGivenUpMs = 10 * minute;

/**
 * How long to wait before the next attempt, or null: it is given up.
 * @param attempts so many were made
 * @param ageMs since the notification was written
 * @param afterMs what the gateway asked for; honoured up to the channel's longest pause
 * @param random 0 to 1: spreads what failed together over half to one and a half of the pause
 */
export function nextPauseMs(
  { firstMs, longestMs, givenUpMs }: Patience,
  given: { purpose: Purpose; attempts: number; ageMs: number; afterMs?: number | undefined; random: number },
): number | null {
  const { purpose, attempts, ageMs, afterMs = 0, random } = given;
  const isTest = purpose === 'test' || purpose === 'reachability';
  const doubled = Math.min(firstMs * 2 ** Math.min(attempts - 1, 20), longestMs);
  const pause = Math.max(doubled * (0.5 + random), Math.min(afterMs, longestMs));
  return ageMs + pause > (isTest ? Math.min(givenUpMs, testGivenUpMs) : givenUpMs) ? null : Math.round(pause);
}
