// A nurse programmes a pump, and the pump's dose-error reduction answers by the library that it has: a soft limit asks
// for a confirmation with a reason, a hard limit is refused, what is not in the library stays stopped or runs outside it.

import { type LimitCheck, passedKind } from '#schemas/rules/limit-check.ts';
import { judgeProgramme, type LibraryJudgement } from '#schemas/rules/programme-against-library.ts';
import { emit, note, type Work } from '../pump-work.ts';
import { between, draw, pick } from '../random.ts';
import type { ProgrammeFields, Therapy } from '../therapies.ts';
import { factoryLibrary, factoryVersion } from './factory.ts';

/** How nurses behave, as shares of one. */
export type ProgrammingHabits = {
  /** Programmings in which ten times the rate is keyed first. */
  mistakes: number;
  /** After a limit: who gives up instead of putting it right. */
  cancels: number;
  /** At a soft limit that the right programme meets: who confirms it, with a reason. */
  confirms: number;
};

/** 2.1 % of infusions meet a limit (alerts-and-limits.md, base rates). */
export const usualHabits: ProgrammingHabits = { mistakes: 0.021, cancels: 0.12, confirms: 0.9 };

/** What runs in the end; null: nobody programmed it. `libraryVersion` null: it runs outside the library. */
export type Programmed = { programme: ProgrammeFields; libraryVersion: string | null } | null;

const reasons = ['as ordered', 'titrated to effect', 'dose by weight', 'known patient'];

/** Programmes a therapy at the pump's present moment, its limit records before the programme's own. */
export function programTherapy(w: Work, infusion: number, therapy: Therapy): Programmed {
  const { s } = w;
  const habits = w.settings.habits ?? usualHabits;
  const right = therapy.programme;
  const isMistaken = right.rateMlPerH !== null && right.rateMlPerH !== undefined && draw(s) < habits.mistakes;
  if (isMistaken) {
    const answer = attempt(w, infusion, tenfold(right), habits, true);
    if (answer === 'cancelled') return null;
    // Put right after the pump's word; or, where the library knows no limit, seen by the nurse before the start.
  }
  const answer = attempt(w, infusion, right, habits, false);
  if (answer === 'cancelled') return null;
  return { programme: right, libraryVersion: answer === 'outside' ? null : s.libraryVersion };
}

type Answer = 'runs' | 'outside' | 'reprogrammed' | 'cancelled';

function attempt(
  w: Work,
  infusion: number,
  programme: ProgrammeFields,
  habits: ProgrammingHabits,
  isMistaken: boolean,
): Answer {
  const judged = judgeAt(w, infusion, programme);
  if (isOutside(judged)) {
    const index = libraryOf(w);
    const area = index?.careAreas.get((programme.careArea ?? '').trim().toLowerCase())?.area;
    // Without a drug or a care area chosen it is a basic infusion: no library says anything of it.
    const isBasic = judged.standing.some((one) => one.startsWith('no-'));
    const runs = isBasic || area?.outsideLibrary === 'allowed';
    note(w, 'not-in-library', { drug: programme.drug, careArea: programme.careArea, standing: judged.standing, runs });
    return runs ? 'outside' : 'cancelled';
  }
  const passed = judged.checks.filter((check) => passedKind(check) !== null);
  const hard = passed.find((check) => passedKind(check) === 'hard');
  const asked = hard ? [hard] : passed;
  for (const check of asked) {
    const response = responseTo(w, check, habits, isMistaken);
    tell(w, infusion, check, response);
    if (response === 'cancel') return 'cancelled';
    if (response === 'reprogram') return 'reprogrammed';
  }
  return 'runs';
}

/** What the clinician does at a limit. A hard one can't be confirmed; and the right programme can't be put right. */
function responseTo(w: Work, check: LimitCheck, habits: ProgrammingHabits, isMistaken: boolean) {
  const { s } = w;
  if (isMistaken) return draw(s) < habits.cancels ? 'cancel' : 'reprogram';
  if (passedKind(check) === 'hard') return 'cancel';
  return draw(s) < habits.confirms ? 'override' : 'cancel';
}

function tell(w: Work, infusion: number, check: LimitCheck, response: 'override' | 'reprogram' | 'cancel'): void {
  if (check.outcome === 'inside' || check.outcome === 'not-checked') return;
  const { s } = w;
  emit(w, {
    kind: 'limit',
    infusion,
    field: check.field,
    attempted: check.value,
    limit: check.limit,
    limitType: check.outcome,
    response,
    ...(response === 'override' && {
      reason: pick(
        s,
        reasons.map((value) => ({ weight: 1, value })),
      ),
    }),
    responseMs: Math.round(between(s, 1_500, 12_000)),
  });
  note(w, 'limit', {
    field: check.field,
    limitType: check.outcome,
    attempted: check.value,
    limit: check.limit,
    response,
  });
}

/** The library that the pump goes by; the one that it came with where it has lost the other. */
export function libraryOf(w: Work) {
  const find = w.libraries ?? factoryLibrary;
  return find(w.s.libraryVersion) ?? factoryLibrary(factoryVersion);
}

function judgeAt(w: Work, infusion: number, programme: ProgrammeFields): LibraryJudgement {
  const index = libraryOf(w);
  if (!index) throw new Error('a pump without any library');
  return judgeProgramme({ infusion, libraryVersion: w.s.libraryVersion, ...programme }, index, { order: null });
}

/** Drug, care area or concentration that the library does not have. */
function isOutside({ standing }: LibraryJudgement): boolean {
  return standing.some((one) => one.endsWith('-not-in-library') || one.startsWith('no-'));
}

/** A decimal point one place off, and everything that follows from it. */
function tenfold(programme: ProgrammeFields): ProgrammeFields {
  const ten = (value: number | null | undefined) => (typeof value === 'number' ? value * 10 : value);
  return {
    ...programme,
    rateMlPerH: ten(programme.rateMlPerH),
    doseRate: ten(programme.doseRate),
    steps: programme.steps?.map((step) => ({ ...step, rateMlPerH: step.rateMlPerH * 10 })),
    durationMin: typeof programme.durationMin === 'number' ? programme.durationMin / 10 : programme.durationMin,
  };
}
