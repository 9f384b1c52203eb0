import { type DrugEntry, drugKey } from '../../library/drug-entry.ts';
import { emptyMatters, isCriticalDrug, isProstacyclin } from '../alarm-catalogue.ts';
import type { DeliverySettings } from '../delivery-deviation.ts';
import { findEntry } from '../library-index.ts';
import { matchOrder, type OrderMatch, type TherapyStatus, therapyStatusAt } from '../order-match.ts';
import type { Programme } from '../programme.ts';
import type { RuleSettings } from '../rule-set.ts';
import { settingsFor } from '../rule-settings.ts';
import type { CareFacts, CareLibrary, CareOrder, CarePatient, CareTherapy } from './care.ts';
import { type DoseMeasure, doseMeasure } from './dose-measure.ts';

// From what is on record to what counts for the infusion that runs: the order, the library's entry, the thresholds.

export type Care = {
  /** What it was made from; another value of either means that it is to be made anew. */
  facts: CareFacts;
  programme: Programme | null;
  /** … and the moment at which time alone changes it, ms: a hold ends, an assignment begins. */
  until: number;
  patient: CarePatient | null;
  match: OrderMatch<CareTherapy, CareOrder>;
  /** Of the matched therapy, as it is now. */
  status: TherapyStatus | null;
  /** A reference that the programme names and that is not looked up yet: judging waits for it. */
  lookingUp: string | null;
  /** In words, where the pump names the therapy of another patient than the one whom it is given to. */
  wrongPatient: string | null;
  careArea: string | null;
  /** As the programme names it, else as the therapy does. */
  drug: string | null;
  /** Of that drug, in its care area or, for what the drug itself is, in any. */
  entry: DrugEntry | null;
  /** Whether the entry is of this care area, so that its limits count. */
  listed: boolean;
  library: CareLibrary | null;
  settings: RuleSettings;
  delivery: DeliverySettings;
  /** ★ by the library; by the list of names where no library knows the drug. Not known which: as soon as one may be it. */
  critical: boolean;
  prostacyclin: boolean;
  emptyMatters: boolean;
  /** How volume becomes a dose, or in words why it can't. */
  measure: DoseMeasure | { reason: string };
};

const never = Number.POSITIVE_INFINITY;

/**
 * What counts now.
 * @param programme of the infusion that runs; null: no record of it came
 */
export function settleCare(facts: CareFacts, programme: Programme | null, now: number): Care {
  const assignment = facts.assignments.find(({ from, to }) => from <= now && (to === null || now < to)) ?? null;
  const reference = programme?.therapy ?? null;
  const named =
    reference === null
      ? null
      : (facts.named.get(reference) ?? facts.therapies.find((known) => known.reference === reference) ?? null);
  const lookingUp = reference !== null && named === null && !facts.named.has(reference) ? reference : null;
  const match = matchOrder<CareOrder, CareTherapy>({
    drug: programme?.drug ?? null,
    therapyReference: reference,
    named,
    assigned: assignment && {
      patient: assignment.patient,
      therapy: assignment.therapy,
      therapies: facts.therapies.filter(({ patient }) => patient === assignment.patient),
    },
    at: now,
  });
  const { therapy } = match;
  const patient = match.patient === null ? null : (facts.patients.get(match.patient) ?? null);
  const careArea = programme?.careArea ?? therapy?.careArea ?? null;
  const drug = programme?.drug ?? therapy?.drug ?? null;
  const { library, entry, listed } = findInLibraries(facts.libraries, careArea, drug);
  const exceptions = facts.exceptions.filter((exception) => exception.patient === match.patient);
  const settings = settingsFor(facts.ruleSet, careArea, exceptions, now);
  const care: Omit<Care, 'measure'> = {
    facts,
    programme,
    until: nextMoment(facts, therapy, exceptions, now),
    patient,
    match,
    status: therapy && therapyStatusAt(therapy, now),
    lookingUp,
    wrongPatient:
      named !== null && assignment !== null && named.patient !== assignment.patient
        ? 'The pump names a therapy which is not of the patient whom it is given to'
        : null,
    careArea,
    drug,
    entry,
    listed,
    library,
    settings,
    delivery: { ...facts.model, ...settings['delivery-deviation'] },
    ...whatItMeans(facts, drug === null ? drugsOf(facts, match.patient, now) : [drug], careArea),
  };
  if (patient?.infant) care.emptyMatters = true;
  return { ...care, measure: doseMeasure(care) };
}

/** Pump and assignment don't say which of the patient's therapies it is: each of these may be. */
function drugsOf(facts: CareFacts, patient: string | null, now: number): string[] {
  const given = facts.therapies.filter((one) => one.patient === patient && therapyStatusAt(one, now) !== 'ended');
  return given.map(({ drug }) => drug);
}

/** What a stop of the drug means for the patient; of several that it may be, the worst of each. */
function whatItMeans(
  facts: CareFacts,
  drugs: readonly string[],
  careArea: string | null,
): Pick<Care, 'critical' | 'prostacyclin' | 'emptyMatters'> {
  const known = drugs.map((drug) => ({ drug, entry: findInLibraries(facts.libraries, careArea, drug).entry }));
  return {
    critical: known.some(({ drug, entry }) => (entry ? entry.critical : isCriticalDrug(drug))),
    prostacyclin: known.some(({ drug, entry }) =>
      entry ? /prostacyclin/i.test(entry.drugClass) : isProstacyclin(drug),
    ),
    emptyMatters: known.some(({ drug, entry }) => /opioid/i.test(entry?.drugClass ?? '') || emptyMatters(drug)),
  };
}

/**
 * The library that knows the drug in its care area; else the one that knows it in any, for what the drug itself is; else
 * the first, so that "not in the library" can be said.
 */
function findInLibraries(
  libraries: readonly CareLibrary[],
  careArea: string | null,
  drug: string | null,
): { library: CareLibrary | null; entry: DrugEntry | null; listed: boolean } {
  for (const library of libraries) {
    const { found } = findEntry(library.index, careArea, drug);
    if (found) return { library, entry: found.entry, listed: true };
  }
  if (drug !== null) {
    const key = drugKey(drug);
    for (const library of libraries) {
      for (const { drugs } of library.index.careAreas.values()) {
        const found = drugs.get(key);
        if (found) return { library, entry: found.entry, listed: false };
      }
    }
  }
  return { library: libraries[0] ?? null, entry: null, listed: false };
}

/** Whether two names mean one drug: by letters, or by the names that a library lists together. */
export function isSameDrug(facts: CareFacts, a: string, b: string): boolean {
  const [one, other] = [drugKey(a), drugKey(b)];
  if (one === other) return true;
  return facts.libraries.some(({ index }) =>
    [...index.careAreas.values()].some(({ drugs }) => {
      const entry = drugs.get(one)?.entry;
      return entry !== undefined && entry === drugs.get(other)?.entry;
    }),
  );
}

function nextMoment(
  facts: CareFacts,
  therapy: CareTherapy | null,
  exceptions: CareFacts['exceptions'],
  now: number,
): number {
  let next = never;
  const take = (at: number | null) => {
    if (at !== null && at > now && at < next) next = at;
  };
  for (const { from, to } of facts.assignments) {
    take(from);
    take(to);
  }
  for (const known of therapy ? [therapy, ...facts.therapies] : facts.therapies) {
    take(known.holdUntil);
    for (const order of known.orders) {
      take(order.verifiedAt);
      take(order.endedAt);
    }
  }
  for (const { from, expiresAt } of exceptions) {
    take(Date.parse(from));
    take(Date.parse(expiresAt));
  }
  return next;
}
