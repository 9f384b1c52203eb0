import type { DoseLog } from '../dose-log.ts';
import type { LibraryIndex } from '../library-index.ts';
import type { Order } from '../order.ts';
import type { MatchableOrder, MatchableTherapy } from '../order-match.ts';
import type { RuleException, RuleSet } from '../rule-set.ts';

// What is on record for one pump: whose it is, what was ordered, which libraries and thresholds hold. Whoever runs the
// rules puts it into `PumpMemory.care` (ingest/fleet.ts) as one value that never changes: what differs is a new value,
// and the rules judge anew with the next record or tick. Ingest loads it from the database (ingest/care-loader.ts); a run in
// process sets it itself:
//
//   pump.care = { ...newCareFacts(), ordersKept: true, assignments: [{ patient: 'P', therapy: null, from: 0, to: null }],
//                 patients: new Map([['P', { id: 'P', weightKg: 80, bsaM2: 1.8, infant: false }]]), therapies: [therapy],
//                 libraries: [{ name: 'Demo library', version: 1, index: indexLibrary(demoLibrary()) }] };
//
// and then feeds `buildBatch` with records and calls `buildTime` each second of its clock. `null` means that nothing was
// looked up yet: nothing of the second check is judged then, and what was found before stays as it is.

export type CareOrder = MatchableOrder & { numbers: Order };
export type CareTherapy = MatchableTherapy<CareOrder> & { careArea: string };
export type CarePatient = {
  id: string;
  weightKg: number | null;
  bsaM2: number | null;
  /** Under one year old. */
  infant: boolean;
};
/** To whom the pump is given; times are ms. `therapy` null: for whatever that patient gets. */
export type CareAssignment = { patient: string; therapy: string | null; from: number; to: number | null };
/**
 * An assignment that was corrected and held within a day, up to when its correction counted; times are ms.
 * `rightly`: of the assignment that stands for it. `named`: while an infusion named its therapy, whoever the pump was
 * assigned to.
 */
export type CareMistake = {
  patient: string;
  rightly: string;
  from: number;
  to: number | null;
  named: readonly { from: number; to: number | null }[];
};
export type CareLibrary = { name: string; version: number; index: LibraryIndex };

/** What a stroke of the pump's mechanism moves, and how exact its maker says that it is. */
export type PumpModel = { strokeMl: number; accuracyPct: number };
/** Of a model that nobody described: coarse, so that less is judged and nothing wrongly. */
export const unknownModel: PumpModel = { strokeMl: 0.1, accuracyPct: 6 };

export type CareFacts = {
  /** Open, to come or ended within a day, not corrected; at most one holds at a moment. */
  assignments: readonly CareAssignment[];
  mistakes: readonly CareMistake[];
  /** Patients of the assignments and of the therapies that the pump named. */
  patients: ReadonlyMap<string, CarePatient>;
  /** Every therapy of the assigned patients. */
  therapies: readonly CareTherapy[];
  /** References that the pump's programmes name: null = nobody knows it, absent = not looked up yet. */
  named: ReadonlyMap<string, CareTherapy | null>;
  /** What counts for this pump: the version assigned to it, else the newest published; none where none is published. */
  libraries: readonly CareLibrary[];
  /** Whether any order is kept here at all: where none is, its absence says nothing of one pump. */
  ordersKept: boolean;
  ruleSet: RuleSet | null;
  /** Of these patients. */
  exceptions: readonly (RuleException & { patient: string })[];
  /** What other pumps gave to these patients within a day, by `doseKey` (dose-measure.ts). */
  doses: ReadonlyMap<string, DoseLog>;
  model: PumpModel;
};

/** A pump of which nothing is on record. */
export function newCareFacts(): CareFacts {
  return {
    assignments: [],
    mistakes: [],
    patients: new Map(),
    therapies: [],
    named: new Map(),
    libraries: [],
    ordersKept: false,
    ruleSet: null,
    exceptions: [],
    doses: new Map(),
    model: unknownModel,
  };
}
