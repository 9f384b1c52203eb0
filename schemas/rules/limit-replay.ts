import type { LibraryContent } from '../library/library.ts';
import type { LimitRecord } from '../messages/record.ts';
import { indexLibrary } from './library-index.ts';
import { type CheckedField, type LimitCheck, type PassedLimit, severity } from './limit-check.ts';
import { limitFieldOf } from './limit-field.ts';
import type { Order } from './order.ts';
import type { Programme } from './programme.ts';
import { judgeProgramme, type LibraryJudgement, type Standing } from './programme-against-library.ts';

// A draft library against programmes that really ran, by the very rule that judges them live: what would have fired,
// what did fire, where.

export type ReplayedProgramme = {
  /** Our id of the infusion: examples link to it. */
  infusion: string;
  programme: Programme;
  order: Order | null;
  careArea?: string | null;
  /** What the pump itself said while it was programmed. */
  did: readonly Pick<LimitRecord, 'field' | 'limitType'>[];
};

export type ReplayLine = {
  careArea: string | null;
  drug: string | null;
  /** A quantity of the library, or the pump's own word for another. */
  field: string;
  limit: PassedLimit;
  would: number;
  did: number;
  /** Infusions in which it would have fired and did not, in order of time, at most `examplesKept`. */
  newExamples: string[];
  /** … in which it did and would not any more. */
  goneExamples: string[];
  worst: { infusion: string; value: number; limit: number; severity: number | null } | null;
};

export type ReplayReport = {
  programmes: number;
  lines: ReplayLine[];
  notChecked: { careArea: string | null; drug: string | null; field: CheckedField; reason: string; times: number }[];
  standing: { careArea: string | null; drug: string | null; standing: Standing; times: number; example: string }[];
};

export const examplesKept = 20;

/**
 * Begins a replay; `take` each programme, then ask for the `report`. Who knows that two programmes are the same in all that
 * the rule looks at may `judge` one and `count` both.
 */
export function startReplay(library: LibraryContent): {
  take: (given: ReplayedProgramme) => LibraryJudgement;
  judge: (given: Pick<ReplayedProgramme, 'programme' | 'order' | 'careArea'>) => LibraryJudgement;
  count: (given: Pick<ReplayedProgramme, 'infusion' | 'did'>, judged: LibraryJudgement) => void;
  report: () => ReplayReport;
} {
  const index = indexLibrary(library);
  const lines = new Map<string, ReplayLine>();
  const notChecked = new Map<string, ReplayReport['notChecked'][number]>();
  const standings = new Map<string, ReplayReport['standing'][number]>();
  let programmes = 0;

  const lineOf = (judged: LibraryJudgement, field: string, limit: PassedLimit): ReplayLine => {
    const { careArea, drug } = named(judged);
    const key = `${careArea}\n${drug}\n${field}\n${limit}`;
    const known = lines.get(key);
    if (known) return known;
    const line = { careArea, drug, field, limit, would: 0, did: 0, newExamples: [], goneExamples: [], worst: null };
    lines.set(key, line);
    return line;
  };

  const judge = (given: Pick<ReplayedProgramme, 'programme' | 'order' | 'careArea'>): LibraryJudgement =>
    judgeProgramme(given.programme, index, given);

  const count = (given: Pick<ReplayedProgramme, 'infusion' | 'did'>, judged: LibraryJudgement): void => {
    programmes += 1;
    const fired = new Set<ReplayLine>();
    for (const check of judged.checks) {
      if (check.outcome === 'not-checked') countUnchecked(notChecked, judged, check);
      else if (check.outcome !== 'inside') {
        const line = lineOf(judged, check.field, check.outcome);
        line.would += 1;
        const worse = severity(check);
        if (isWorse(check.outcome, worse, line.worst?.severity)) {
          line.worst = { infusion: given.infusion, value: check.value, limit: check.limit, severity: worse };
        }
        fired.add(line);
      }
    }
    const was = new Set(
      given.did.map((past) => lineOf(judged, limitFieldOf(past.field) ?? past.field, past.limitType)),
    );
    for (const line of was) {
      line.did += 1;
      if (!fired.has(line) && line.goneExamples.length < examplesKept) line.goneExamples.push(given.infusion);
    }
    for (const line of fired) {
      if (!was.has(line) && line.newExamples.length < examplesKept) line.newExamples.push(given.infusion);
    }
    for (const standing of judged.standing) {
      const { careArea, drug } = named(judged);
      const key = `${careArea}\n${drug}\n${standing}`;
      const known = standings.get(key) ?? { careArea, drug, standing, times: 0, example: given.infusion };
      known.times += 1;
      standings.set(key, known);
    }
  };

  const take = (given: ReplayedProgramme): LibraryJudgement => {
    const judged = judge(given);
    count(given, judged);
    return judged;
  };

  const report = (): ReplayReport => ({
    programmes,
    lines: [...lines.values()],
    notChecked: [...notChecked.values()],
    standing: [...standings.values()],
  });
  return { take, judge, count, report };
}

/** The library's spelling of a drug and its care area, where it has them. */
function named(judged: LibraryJudgement): { careArea: string | null; drug: string | null } {
  return { careArea: judged.careArea, drug: judged.entry?.name ?? judged.drug };
}

function countUnchecked(
  counts: Map<string, ReplayReport['notChecked'][number]>,
  judged: LibraryJudgement,
  check: Extract<LimitCheck, { outcome: 'not-checked' }>,
): void {
  const { careArea, drug } = named(judged);
  const key = `${careArea}\n${drug}\n${check.field}\n${check.reason}`;
  const known = counts.get(key) ?? { careArea, drug, field: check.field, reason: check.reason, times: 0 };
  known.times += 1;
  counts.set(key, known);
}

/** Farther from its limit: above a high one, below a low one. */
function isWorse(limit: PassedLimit, value: number | null, known: number | null | undefined): boolean {
  if (known === undefined) return true;
  if (value === null || known === null) return false;
  return limit.endsWith('high') ? value > known : value < known;
}
