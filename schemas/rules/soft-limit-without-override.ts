import type { LimitRecord } from '../messages/record.ts';
import type { WatchStep } from './finding.ts';
import { type CheckedField, checkWords, type LimitCheck } from './limit-check.ts';
import { limitFieldOf } from './limit-field.ts';

// A programme passes a soft limit and no override is known: the pump should have asked. The pump's `limit` record may
// come before or after the programme's.

export type Override = { infusion: number | null; field: CheckedField | null; side: 'high' | 'low'; at: number };

export type SoftLimitWatch = {
  overrides: Override[];
  /** Soft limits passed by the newest programme whose override has not come yet. */
  waiting: {
    infusion: number;
    since: number;
    missing: { field: CheckedField; side: 'high' | 'low'; words: string }[];
  } | null;
  found: boolean;
};

export type SoftLimitSettings = {
  /** How long the override's record may come after the programme's, s. */
  waitS: number;
};

/** An override counts for programmes that follow within this time. */
const overrideKeptMs = 30 * 60_000;

export function newSoftLimitWatch(): SoftLimitWatch {
  return { overrides: [], waiting: null, found: false };
}

export type SoftLimitInput =
  | { kind: 'limit'; record: Pick<LimitRecord, 'infusion' | 'field' | 'limitType' | 'response'> }
  | { kind: 'programme'; infusion: number; soft: readonly LimitCheck[] }
  | { kind: 'time' };

/** One step; `now` is the record's time, or the clock's for `time`. */
export function watchSoftLimits(
  state: SoftLimitWatch,
  input: SoftLimitInput,
  now: number,
  settings: SoftLimitSettings,
): WatchStep<SoftLimitWatch> {
  switch (input.kind) {
    case 'limit':
      return noteLimit(state, input.record, now);
    case 'programme': {
      const missing = input.soft.flatMap((check) => {
        if (check.outcome !== 'soft-high' && check.outcome !== 'soft-low') return [];
        const side = check.outcome === 'soft-high' ? ('high' as const) : ('low' as const);
        const asked = state.overrides.some((override) => matches(override, input.infusion, check.field, side, now));
        return asked ? [] : [{ field: check.field, side, words: checkWords(check) }];
      });
      const waiting = missing.length > 0 ? { infusion: input.infusion, since: now, missing } : null;
      const over = state.found ? 'programmed anew' : null;
      return { next: { ...state, waiting, found: false }, found: null, over };
    }
    case 'time': {
      const { waiting } = state;
      if (!waiting || state.found || now - waiting.since < settings.waitS * 1000) {
        return { next: state, found: null, over: null };
      }
      const words = waiting.missing.map((missing) => missing.words);
      const found = {
        type: 'soft-limit-without-override',
        priority: 'medium',
        message: `The pump did not ask: ${words[0] ?? ''}`,
        detail: { passed: words },
      } as const;
      return { next: { ...state, found: true }, found, over: null };
    }
  }
}

function noteLimit(
  state: SoftLimitWatch,
  record: Extract<SoftLimitInput, { kind: 'limit' }>['record'],
  now: number,
): WatchStep<SoftLimitWatch> {
  if (record.response !== 'override') return { next: state, found: null, over: null };
  const side = record.limitType.endsWith('high') ? ('high' as const) : ('low' as const);
  const override = { infusion: record.infusion ?? null, field: limitFieldOf(record.field), side, at: now };
  const overrides = [...state.overrides.filter((known) => now - known.at <= overrideKeptMs), override].slice(-32);
  const { waiting } = state;
  if (!waiting) return { next: { ...state, overrides }, found: null, over: null };
  const missing = waiting.missing.filter(
    (wanted) => !matches(override, waiting.infusion, wanted.field, wanted.side, waiting.since),
  );
  if (missing.length > 0)
    return { next: { ...state, overrides, waiting: { ...waiting, missing } }, found: null, over: null };
  const over = state.found ? 'the override came' : null;
  return { next: { overrides, waiting: null, found: false }, found: null, over };
}

/** A field that we can't name counts for every field: the pump did ask. */
function matches(
  override: Override,
  infusion: number,
  field: CheckedField,
  side: 'high' | 'low',
  programmedAt: number,
): boolean {
  return (
    (override.infusion === null || override.infusion === infusion) &&
    (override.field === null || override.field === field) &&
    override.side === side &&
    programmedAt - override.at <= overrideKeptMs
  );
}
