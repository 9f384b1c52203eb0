import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { DoseLog, DoseSpan } from '#schemas/rules/dose-log.ts';
import { type CareFacts, type CareTherapy, newCareFacts } from '#schemas/rules/second-check/care.ts';
import { modelOf } from '#schemas/rules/second-check/pump-models.ts';
import { CareLibraries } from './care-libraries.ts';
import {
  type CareChanges,
  loadAssignments,
  loadChanges,
  loadPatients,
  loadSharedCare,
  loadSharedDoses,
  loadTherapies,
  type SharedCare,
} from './care-rows.ts';
import { run } from './database.ts';
import type { PumpMemory } from './fleet.ts';

// What is on record for the pumps of this worker: loaded once, then only what changed, found by one small query a second
// (schemas/db/…_second_check.sql). During an outage the pumps keep what was known last.

/** Rows of changes are kept for an hour: who could not look for longer than this loads everything again, ms. */
const reloadAfterMs = 30 * 60_000;
/** How often the doses of patients with several pumps are added together, ms. */
const dosesEveryMs = 5_000;
const forgetEveryMs = 10 * 60_000;
/** Pumps in one query. */
const atOnce = 1_000;

export class CareLoader {
  readonly #pool: Pool;
  readonly #log: Logger;
  readonly #now: () => number;
  readonly #facts = new Map<string, CareFacts>();
  #shared: SharedCare | null = null;
  readonly #libraries: CareLibraries;
  /** xmin of the last look, and when that was. */
  #since: { xmin: string; at: number } | null = null;
  /** Changes of transactions that ended only after the last look's xmin, already taken. */
  #taken = new Set<number>();
  #dosesAt = 0;
  #doseMarks = new Map<string, string>();
  #forgotAt = 0;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(deps: { pool: Pool; log: Logger; now: () => number }) {
    this.#pool = deps.pool;
    this.#log = deps.log;
    this.#now = deps.now;
    this.#libraries = new CareLibraries(deps);
  }

  /**
   * Gives pumps whose memory was just loaded what is on record for them, before their first record is judged: as it was
   * known last, or looked up now.
   * @throws whatever the database says
   */
  give(pumps: readonly PumpMemory[]): Promise<void> {
    return this.#alone(async () => {
      if (this.#since === null) await this.#begin(this.#now());
      await this.#load(pumps.filter((pump) => isWanted(pump, this.#facts.get(pump.pump))));
      for (const pump of pumps) pump.care = this.#facts.get(pump.pump) ?? null;
    });
  }

  /**
   * Looks what changed and gives the pumps what is on record for them now.
   * @returns whether any pump got something else than it had
   * @throws whatever the database says; pumps keep what they have
   */
  refresh(pumps: () => Iterable<PumpMemory>): Promise<boolean> {
    return this.#alone(() => this.#refresh(pumps));
  }

  /** One at a time: each goes on from what the one before knows. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work, work);
    this.#queue = done.catch(() => {});
    return done;
  }

  async #refresh(pumps: () => Iterable<PumpMemory>): Promise<boolean> {
    const now = this.#now();
    if (this.#since === null || now - this.#since.at > reloadAfterMs) await this.#begin(now);
    else await this.#takeChanges(await loadChanges(this.#pool, this.#since.xmin), [...pumps()], now);
    const unknown = [...pumps()].filter((pump) => isWanted(pump, this.#facts.get(pump.pump)));
    await this.#load(unknown);
    if (now - this.#dosesAt >= dosesEveryMs) {
      this.#dosesAt = now;
      await this.#shareDoses([...pumps()]);
    }
    let changed = false;
    let count = 0;
    for (const pump of pumps()) {
      count += 1;
      const facts = this.#facts.get(pump.pump) ?? null;
      if (pump.care === facts) continue;
      pump.care = facts;
      changed = true;
    }
    // What another worker owns changes unseen by this one.
    if (this.#facts.size > count) this.#drop(pumps);
    await this.#forget(now);
    return changed;
  }

  /** Everything is loaded anew; what changes meanwhile is found by the next look. */
  async #begin(now: number): Promise<void> {
    const { xmin } = await loadChanges(this.#pool, null);
    this.#shared = await loadSharedCare(this.#pool, this.#log);
    this.#libraries.forget();
    this.#facts.clear();
    this.#doseMarks.clear();
    this.#taken.clear();
    this.#since = { xmin, at: now };
  }

  async #takeChanges({ xmin, changes }: CareChanges, pumps: PumpMemory[], now: number): Promise<void> {
    const fresh = changes.filter(({ id }) => !this.#taken.has(id));
    if (fresh.length > 0) {
      const everybody = fresh.some(({ pump, patient, reference }) => pump === null && patient === null && !reference);
      // The first order of all makes its absence elsewhere mean something.
      if (everybody || this.#shared?.ordersKept === false) await this.#reloadShared();
      const changed = {
        pumps: new Set(fresh.flatMap(({ pump }) => pump ?? [])),
        patients: new Set(fresh.flatMap(({ patient }) => patient ?? [])),
        references: new Set(fresh.flatMap(({ reference }) => reference ?? [])),
      };
      await this.#load(pumps.filter((pump) => isConcerned(pump, this.#facts.get(pump.pump), changed)));
    }
    this.#taken = new Set(changes.map(({ id }) => id));
    this.#since = { xmin, at: now };
  }

  async #reloadShared(): Promise<void> {
    const shared = await loadSharedCare(this.#pool, this.#log);
    this.#shared = shared;
    this.#libraries.forget();
    const libraries = await this.#libraries.of([...this.#facts.keys()]);
    for (const [pump, facts] of this.#facts) {
      this.#facts.set(pump, { ...facts, ...shared, libraries: libraries.get(pump) ?? [] });
    }
  }

  async #load(pumps: readonly PumpMemory[]): Promise<void> {
    for (let from = 0; from < pumps.length; from += atOnce) await this.#loadSome(pumps.slice(from, from + atOnce));
  }

  async #loadSome(pumps: readonly PumpMemory[]): Promise<void> {
    const assigned = await loadAssignments(
      this.#pool,
      pumps.map(({ pump }) => pump),
    );
    const libraries = await this.#libraries.of(pumps.map(({ pump }) => pump));
    const references = new Map(pumps.map((pump) => [pump.pump, referenceOf(pump)]));
    const patients = new Set(assigned.flatMap(({ assignments }) => assignments.map(({ patient }) => patient)));
    const asked = [...new Set([...references.values()].flatMap((reference) => reference ?? []))];
    const therapies = await loadTherapies(this.#pool, this.#log, [...patients], asked);
    const byPatient = groupBy(therapies, ({ patient }) => patient);
    const byReference = new Map(therapies.map((therapy) => [therapy.reference, therapy]));
    for (const reference of asked) {
      const named = byReference.get(reference);
      if (named) patients.add(named.patient);
    }
    const loaded = await loadPatients(this.#pool, this.#log, [...patients]);
    const known = new Map(loaded.map((patient) => [patient.id, patient]));
    for (const { pump_id: pump, model, assignments, mistakes } of assigned) {
      const reference = references.get(pump) ?? null;
      const named = new Map<string, CareTherapy | null>();
      if (reference !== null) named.set(reference, byReference.get(reference) ?? null);
      const ids = new Set(assignments.map(({ patient }) => patient));
      for (const therapy of named.values()) if (therapy) ids.add(therapy.patient);
      const concerned = [...ids].flatMap((id) => known.get(id) ?? []);
      this.#facts.set(pump, {
        ...newCareFacts(),
        ...this.#shared,
        libraries: libraries.get(pump) ?? [],
        assignments,
        mistakes,
        patients: new Map(concerned.map(({ exceptions: _, ...patient }) => [patient.id, patient])),
        therapies: [...ids].flatMap((id) =>
          assignments.some((one) => one.patient === id) ? (byPatient.get(id) ?? []) : [],
        ),
        named,
        exceptions: concerned.flatMap(({ exceptions }) => exceptions),
        doses: this.#facts.get(pump)?.doses ?? new Map(),
        model: modelOf(model),
      });
    }
  }

  /** Doses that patients got from other pumps, on whatever worker those are. */
  async #shareDoses(pumps: readonly PumpMemory[]): Promise<void> {
    const patientOf = new Map(pumps.map((pump) => [pump.pump, pump.rules.check.care?.match.patient ?? null]));
    const patients = [...new Set([...patientOf.values()].flatMap((patient) => patient ?? []))];
    if (patients.length === 0) return;
    const byPatient = groupBy(await loadSharedDoses(this.#pool, patients), ({ patient }) => patient);
    for (const { pump } of pumps) {
      const facts = this.#facts.get(pump);
      if (!facts) continue;
      const patient = patientOf.get(pump) ?? null;
      const others = patient === null ? [] : (byPatient.get(patient) ?? []).filter((dose) => dose.pump !== pump);
      const last = others.at(-1);
      const mark = last ? `${others.length} ${last.to} ${others.reduce((sum, { amount }) => sum + amount, 0)}` : '';
      if (mark === (this.#doseMarks.get(pump) ?? '')) continue;
      this.#doseMarks.set(pump, mark);
      const doses = new Map<string, DoseLog>();
      for (const [key, spans] of groupBy(others, (dose) => dose.key)) {
        doses.set(
          key,
          spans.map(({ from, to, amount }): DoseSpan => ({ from, to, amount })),
        );
      }
      this.#facts.set(pump, { ...facts, doses });
    }
  }

  #drop(pumps: () => Iterable<PumpMemory>): void {
    const owned = new Set<string>();
    for (const { pump } of pumps()) owned.add(pump);
    for (const pump of this.#facts.keys()) if (!owned.has(pump)) this.#facts.delete(pump);
  }

  async #forget(now: number): Promise<void> {
    if (now - this.#forgotAt < forgetEveryMs) return;
    this.#forgotAt = now;
    await run(this.#pool, 'forgetCareChanges', []);
    await run(this.#pool, 'forgetDoseSpans', []);
  }
}

/** The therapy that a pump's programme names. */
function referenceOf(pump: PumpMemory): string | null {
  return pump.rules.check.programme?.content.therapy ?? null;
}

/** Nothing was looked up yet, or the programme names a therapy that was not. */
function isWanted(pump: PumpMemory, facts: CareFacts | undefined): boolean {
  if (!facts) return true;
  const reference = referenceOf(pump);
  return reference !== null && !facts.named.has(reference);
}

function isConcerned(
  pump: PumpMemory,
  facts: CareFacts | undefined,
  changed: { pumps: ReadonlySet<string>; patients: ReadonlySet<string>; references: ReadonlySet<string> },
): boolean {
  if (changed.pumps.has(pump.pump)) return true;
  const reference = referenceOf(pump);
  if (reference !== null && changed.references.has(reference)) return true;
  if (!facts || changed.patients.size === 0) return false;
  for (const patient of facts.patients.keys()) if (changed.patients.has(patient)) return true;
  return false;
}

function groupBy<Key, Item>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
