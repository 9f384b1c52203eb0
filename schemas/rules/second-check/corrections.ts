import type { DoseLog, DoseSpan } from '../dose-log.ts';
import type { CareFacts } from './care.ts';
import type { CheckState, GrowingDose, KeyedDose } from './check-state.ts';
import { keyOfPatient, patientOfKey } from './dose-measure.ts';

// Somebody says that a pump was assigned to the wrong patient, or for the wrong time: what it gave was counted for whom
// it was thought to be with, and moves to whom it was. Only the worker that owns the pump moves it, in memory and in
// `dose_span` together: moved by anybody else, the span that grows would be written again where it was.

type Patient = string | null;

/**
 * Whether there are corrections that the doses did not follow yet. Asked of every pump once a second: most have none.
 */
export function isMistaken(check: CheckState, facts: CareFacts | null): facts is CareFacts {
  return facts !== null && facts.mistakes.length > 0 && check.followed !== facts.mistakes;
}

/** Moves what was counted for another patient than the one the pump was with. `check` is changed. */
export function followCorrections(check: CheckState, facts: CareFacts): void {
  check.followed = facts.mistakes;
  const before = [...check.doses].flatMap(([key, log]) => log.map((span) => ({ ...span, key, ...whose(key) })));
  const { dosing } = check;
  const written: KeyedDose[] = [];
  const moved: KeyedDose[] = [];
  const kept: KeyedDose[] = [];
  const settle = (span: KeyedDose): KeyedDose[] => {
    const parts = partsOf(span, facts);
    if (parts.every(({ patient }) => patient === span.patient)) return [span];
    moved.push(span);
    return parts;
  };
  for (const span of before) {
    const parts = settle(span);
    kept.push(...parts);
    if (moved.at(-1) === span) written.push(...parts);
  }
  if (dosing) {
    const parts = settle(dosing);
    if (moved.at(-1) === dosing) {
      const last = parts.pop() as KeyedDose;
      kept.push(...parts);
      written.push(...parts, last);
      check.dosing = { ...last, steadyTo: last.to, steadyAmount: last.amount } satisfies GrowingDose;
      check.dosingWrittenTo = last.to;
    }
  }
  if (moved.length === 0) return;
  const doses = logsOf(kept);
  check.doses = doses;
  // Added up at once, and not with the next look half a minute later.
  check.addedUpAt = 0;
  const { judgement = null, doses: others = [], moved: earlier = [] } = check.unwritten ?? {};
  const isMoved = (dose: KeyedDose) => moved.some(({ key, from }) => key === dose.key && from === dose.from);
  check.unwritten = {
    judgement,
    doses: [...others.filter((dose) => !isMoved(dose)), ...written.map((dose) => asKept(dose, doses))],
    moved: [...earlier, ...moved],
  };
}

function whose(key: string): { patient: Patient } {
  return { patient: patientOfKey(key) };
}

/** A span by patient: cut where an assignment begins or ends, in proportion, since it ran at one rate. */
function partsOf(span: KeyedDose, facts: CareFacts): KeyedDose[] {
  const edges = [...facts.mistakes, ...facts.assignments].flatMap(({ from, to }) => [from, to ?? span.to]);
  const inside = [...new Set(edges)].filter((at) => at > span.from && at < span.to).sort((a, b) => a - b);
  const ends = [...inside, span.to];
  const parts: KeyedDose[] = [];
  let from = span.from;
  for (const to of ends) {
    const amount = ends.length === 1 ? span.amount : (span.amount * (to - from)) / (span.to - span.from);
    const patient = patientAt((from + to) / 2, span.patient, facts);
    const last = parts.at(-1);
    if (last?.patient === patient) parts.splice(-1, 1, { ...last, to, amount: last.amount + amount });
    else parts.push({ key: keyOfPatient(span.key, patient), patient, from, to, amount });
    from = to;
  }
  return parts;
}

/** Whose a dose of this moment is that was counted for `counted`. */
function patientAt(at: number, counted: Patient, { mistakes, assignments }: CareFacts): Patient {
  const isIn = ({ from, to }: { from: number; to: number | null }) => from <= at && (to === null || at < to);
  // What came in late was counted for whom the pump was with by then: given earlier, it was as wrong.
  const isNeverWith = !assignments.some(({ patient }) => patient === counted);
  const mistake = mistakes.find(
    (one) =>
      one.patient === counted &&
      (isIn(one) || (isNeverWith && at < one.from)) &&
      // The pump itself said whose it was.
      !one.named.some(isIn),
  );
  if (!mistake) return counted;
  // Where the correction leaves the pump with nobody, whoever it names still counts: too much rather than too little.
  return assignments.find(isIn)?.patient ?? mistake.rightly;
}

/** Two spans of one key that begin together are one: that is how they are kept. */
function logsOf(spans: readonly KeyedDose[]): ReadonlyMap<string, DoseLog> {
  const logs = new Map<string, DoseSpan[]>();
  for (const { key, from, to, amount } of spans) {
    const log = logs.get(key) ?? [];
    logs.set(key, log);
    const same = log.findIndex((known) => known.from === from);
    const known = log[same];
    if (known) log[same] = { from, to: Math.max(to, known.to), amount: known.amount + amount };
    else log.push({ from, to, amount });
  }
  for (const log of logs.values()) log.sort((a, b) => a.to - b.to);
  return logs;
}

function asKept(dose: KeyedDose, doses: ReadonlyMap<string, DoseLog>): KeyedDose {
  const kept = doses.get(dose.key)?.find(({ from }) => from === dose.from);
  return kept ? { ...dose, ...kept } : dose;
}
