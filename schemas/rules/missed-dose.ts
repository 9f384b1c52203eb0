import type { Priority } from '../messages/record.ts';
import type { Finding } from './finding.ts';
import { spellMinutes, spellNumber } from './words.ts';

// The schedule of a therapy against what was delivered: doses that were missed, late or short.

export type DoseDelivery = { startedAt: number; endedAt: number | null; ml: number | null };

export type DoseSettings = {
  /** A delivery belongs to a dose from this long before it is due, min. */
  earlyMin: number;
  /** Begun later than this it is late, min: the therapy's grace. */
  lateAfterMin: number;
  /** Not begun after this long it is missed, min. */
  missedAfterMin: number;
  /** Less than ordered by more than this is short, percent. */
  shortPct: number;
  /** Day list, or medium where the therapy says so. */
  priority: Priority;
};

export type DoseVerdict = {
  dueAt: number;
  begun: 'not-yet' | 'on-time' | 'late' | 'missed';
  /** Null while nothing is begun, runs, or while volumes are not known. */
  short: boolean | null;
  delivery: DoseDelivery | null;
};

/** What became of each due dose, by `now`. `due` and `deliveries` in order of time. */
export function judgeDoses(
  due: readonly number[],
  deliveries: readonly DoseDelivery[],
  orderedMl: number | null,
  now: number,
  settings: DoseSettings,
): DoseVerdict[] {
  const minute = 60_000;
  const free = [...deliveries];
  return due.map((dueAt, index) => {
    const nextDue = due[index + 1] ?? Number.POSITIVE_INFINITY;
    const opens = dueAt - settings.earlyMin * minute;
    const at = free.findIndex(
      ({ startedAt }) => startedAt >= opens && startedAt < nextDue - settings.earlyMin * minute && startedAt <= now,
    );
    const delivery = at < 0 ? null : (free.splice(at, 1)[0] ?? null);
    if (delivery === null) {
      const waited = now - dueAt;
      const begun =
        waited > settings.missedAfterMin * minute
          ? 'missed'
          : waited > settings.lateAfterMin * minute
            ? 'late'
            : 'not-yet';
      return { dueAt, begun, short: null, delivery };
    }
    const begun = delivery.startedAt - dueAt > settings.lateAfterMin * minute ? 'late' : 'on-time';
    const judgeable = delivery.endedAt !== null && delivery.ml !== null && orderedMl !== null;
    const short = judgeable ? (delivery.ml ?? 0) < (orderedMl ?? 0) * (1 - settings.shortPct / 100) * (1 - 1e-9) : null;
    return { dueAt, begun, short, delivery };
  });
}

/** What one dose's verdict says; `key` names the dose, so that each is raised once and ends by itself. */
export function doseFindings(
  verdict: DoseVerdict,
  orderedMl: number | null,
  now: number,
  settings: DoseSettings,
): { key: string; finding: Finding }[] {
  const found: { key: string; finding: Finding }[] = [];
  const say = (type: 'missed-dose' | 'late-dose' | 'short-dose', message: string) =>
    found.push({
      key: `${type} ${verdict.dueAt}`,
      finding: { type, priority: settings.priority, message, detail: { dueAt: new Date(verdict.dueAt).toISOString() } },
    });
  const waited = ((verdict.delivery?.startedAt ?? now) - verdict.dueAt) / 60_000;
  if (verdict.begun === 'missed') say('missed-dose', `A dose was due ${spellMinutes(waited)} ago and has not begun`);
  if (verdict.begun === 'late') {
    say(
      'late-dose',
      verdict.delivery ? `A dose began ${spellMinutes(waited)} late` : `A dose is ${spellMinutes(waited)} late`,
    );
  }
  if (verdict.short) {
    const ml = verdict.delivery?.ml ?? 0;
    say('short-dose', `A dose gave ${spellNumber(ml)} of ${spellNumber(orderedMl ?? 0)} mL`);
  }
  return found;
}
