import { type DueSchedule, dueTimes } from '../due-times.ts';
import type { Finding } from '../finding.ts';
import { type DoseSettings, type DoseVerdict, doseFindings, judgeDoses } from '../missed-dose.ts';
import type { RuleSettings } from '../rule-set.ts';
import type { ReportedDelivery } from './dose-deliveries.ts';

// What became of the doses of a therapy that were due lately: what holds now, and what is only to be recorded.

export type Schedule = DueSchedule & { graceMin?: number };

export type DoseFinding = {
  key: string;
  finding: Finding;
  raisedAt: number;
  infusion: string | null;
  /** null: it holds. Otherwise since when and why not any more. */
  over: { at: number; reason: string; detail: Record<string, unknown> } | null;
};

/** So many due doses are looked back on: an older one is history, however it ended. */
const lookedBack = 3;
/** What the schedule says where nobody said anything (schemas/http/therapies.ts). */
const unsaidGraceMin = 60;
const minute = 60_000;
const day = 86_400_000;

/** How far back deliveries have to be known, ms before now. */
export function lookBackMs(schedule: Schedule): number {
  if (schedule.kind === 'continuous') return 0;
  return schedule.kind === 'every' ? (lookedBack + 1) * schedule.hours * 3_600_000 + day : (lookedBack + 2) * day;
}

/** A therapy's own grace goes before the rule set's. */
export function doseSettings(schedule: Schedule, settings: RuleSettings): DoseSettings {
  const { graceMin = unsaidGraceMin } = schedule;
  const given = settings['missed-dose'];
  const lateAfterMin = graceMin === unsaidGraceMin ? given.lateAfterMin : graceMin;
  return { ...given, lateAfterMin, missedAfterMin: Math.max(given.missedAfterMin, lateAfterMin) };
}

/** The due doses that are looked at, with the next one, which a delivery shortly before it belongs to. */
export function dueDoses(schedule: Schedule, timeZone: string, since: number, now: number): number[] {
  const back = lookBackMs(schedule);
  const all = dueTimes(schedule, timeZone, now - back, now + back + day);
  const past = all.filter((at) => at <= now && at >= since).slice(-lookedBack);
  const next = all.find((at) => at > now);
  return next === undefined ? past : [...past, next];
}

/** Findings of the due doses by now. `deliveries` in order of time. */
export function findDoses(
  due: readonly number[],
  deliveries: readonly ReportedDelivery[],
  orderedMl: number | null,
  now: number,
  settings: DoseSettings,
): DoseFinding[] {
  const verdicts = judgeDoses(due, deliveries, orderedMl, now, settings);
  return verdicts.flatMap((verdict, index) => {
    const nextBegan = verdicts.slice(index + 1).find(({ delivery }) => delivery !== null)?.delivery?.startedAt ?? null;
    return doseFindings(verdict, orderedMl, now, settings).map(({ key, finding }) => {
      const raisedAt = Math.min(now, raisedWhen(finding.type, verdict, settings));
      const infusion = deliveries.find((given) => given === verdict.delivery)?.infusion ?? null;
      return { key, finding, raisedAt, infusion, over: whyOver(finding.type, verdict, nextBegan, deliveries) };
    });
  });
}

/** Why a finding that was open and is none any more is over. */
export function whyGone(
  key: string,
  due: readonly number[],
  deliveries: readonly ReportedDelivery[],
  orderedMl: number | null,
  now: number,
  settings: DoseSettings,
): { reason: string; detail: Record<string, unknown> } {
  const verdict = judgeDoses(due, deliveries, orderedMl, now, settings).find(({ dueAt }) => key.endsWith(` ${dueAt}`));
  if (!verdict) return { reason: 'no longer a dose that is looked for', detail: {} };
  if (verdict.delivery) return given(verdict.delivery, deliveries);
  return { reason: verdict.begun === 'missed' ? 'missed by now' : 'not late by the schedule as it is now', detail: {} };
}

function raisedWhen(type: string, { dueAt, delivery }: DoseVerdict, settings: DoseSettings): number {
  if (type === 'short-dose') return delivery?.endedAt ?? dueAt;
  return dueAt + (type === 'missed-dose' ? settings.missedAfterMin : settings.lateAfterMin) * minute;
}

function whyOver(
  type: string,
  { delivery }: DoseVerdict,
  nextBegan: number | null,
  deliveries: readonly ReportedDelivery[],
): DoseFinding['over'] {
  if (type === 'late-dose' && delivery) return { at: delivery.startedAt, ...given(delivery, deliveries) };
  if (nextBegan !== null) return { at: nextBegan, reason: 'the next dose has begun', detail: {} };
  return null;
}

/** What was said before a late report came in is restated, and says so. */
function given(
  delivery: { startedAt: number },
  deliveries: readonly ReportedDelivery[],
): { reason: string; detail: Record<string, unknown> } {
  const late = deliveries.find((known) => known === delivery)?.late === true;
  const detail = { givenAt: new Date(delivery.startedAt).toISOString(), ...(late ? { restated: true } : {}) };
  return { reason: late ? 'the dose was given, as was reported late' : 'the dose has begun', detail };
}
