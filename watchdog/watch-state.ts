import * as z from 'zod';

// When people are paged, decided by the rounds' findings and time alone.

export const components = ['broker', 'ingest', 'database', 'api', 'canary'] as const;
export type Component = (typeof components)[number];

const finding = z.object({ component: z.enum(components), problem: z.string() });
/** One thing that is wrong, in words for the person who is paged. */
export type Finding = z.infer<typeof finding>;

const ms = z.number();
/** How long a recovery must last to count; grows while outages follow each other. */
const calm = { recoveredAt: ms.nullable(), quietMs: ms };

/** Times are ms since 1970. */
export const watchState = z.discriminatedUnion('at', [
  /** Nothing was good yet: the platform may be starting too. */
  z.object({ at: z.literal('starting'), since: ms }),
  z.object({ at: z.literal('ok'), ...calm }),
  z.object({ at: z.literal('suspect'), since: ms, what: z.array(finding), ...calm }),
  z.object({
    at: z.literal('failing'),
    since: ms,
    what: z.array(finding),
    pagedAt: ms,
    /** Since when all rounds are good; null: the last one was not. */
    goodSince: ms.nullable(),
    quietMs: ms,
  }),
]);
export type WatchState = z.infer<typeof watchState>;

export const pageKinds = ['failing', 'still-failing', 'recovered'] as const;
/** What people are to be told. */
export type PageCause = { kind: (typeof pageKinds)[number]; since: number; what: Finding[] };

/** A restarted service is back within this; what lasts longer is paged. */
export const confirmAfterMs = 15_000;
/** Everything may still be starting together with us. */
export const startingMs = 45_000;
export const remindEveryMs = 10 * 60_000;
/** A recovery counts after this. */
export const quietMs = 15_000;
/** An outage this soon after the last one is flapping: the next recovery must last twice as long. */
export const flappingMs = 10 * 60_000;
export const longestQuietMs = 10 * 60_000;

/**
 * The state after a round.
 * @param findings what the round found wrong; empty: all is good
 * @returns the next state, and what people are to be told, or null
 */
export function nextWatch(
  state: WatchState,
  findings: Finding[],
  now: number,
): { next: WatchState; page: PageCause | null } {
  const good = findings.length === 0;
  const stay = (next: WatchState) => ({ next, page: null });
  switch (state.at) {
    case 'starting':
      if (good) return stay({ at: 'ok', recoveredAt: null, quietMs });
      if (now - state.since < startingMs) return stay(state);
      return fail(state.since, findings, quietMs, now);
    case 'ok':
      return good ? stay(state) : stay({ ...state, at: 'suspect', since: now, what: findings });
    case 'suspect': {
      const { since, ...calm } = state;
      if (good) return stay({ at: 'ok', recoveredAt: calm.recoveredAt, quietMs: calm.quietMs });
      if (now - since < confirmAfterMs) return stay({ ...state, what: findings });
      const flaps = calm.recoveredAt !== null && since - calm.recoveredAt < flappingMs;
      return fail(since, findings, flaps ? Math.min(2 * calm.quietMs, longestQuietMs) : quietMs, now);
    }
    case 'failing': {
      const { since, what, pagedAt } = state;
      if (!good) {
        const next = { ...state, what: findings, goodSince: null };
        if (now - pagedAt < remindEveryMs) return stay(next);
        return { next: { ...next, pagedAt: now }, page: { kind: 'still-failing', since, what: findings } };
      }
      const goodSince = state.goodSince ?? now;
      if (now - goodSince < state.quietMs) return stay({ ...state, goodSince });
      const next: WatchState = { at: 'ok', recoveredAt: now, quietMs: state.quietMs };
      return { next, page: { kind: 'recovered', since, what } };
    }
  }
}

function fail(since: number, what: Finding[], quiet: number, now: number): { next: WatchState; page: PageCause } {
  return {
    next: { at: 'failing', since, what, pagedAt: now, goodSince: null, quietMs: quiet },
    page: { kind: 'failing', since, what },
  };
}
