import { type DrugEntry, drugKey } from '../library/drug-entry.ts';
import type { CareArea, LibraryContent } from '../library/library.ts';
import { type DoseUnit, parseDoseUnit, parseSingleDoseUnit, type SingleDoseUnit } from './units.ts';

// A library made ready for many programmes: names looked up, units read once.

export type IndexedEntry = {
  careArea: string;
  entry: DrugEntry;
  doseUnit: DoseUnit | null;
  bolusDoseUnit: SingleDoseUnit | null;
  bolusRateUnit: DoseUnit | null;
  demandUnit: SingleDoseUnit | null;
  cumulativeUnits: (SingleDoseUnit | null)[];
};
export type LibraryIndex = {
  careAreas: ReadonlyMap<string, { area: CareArea; drugs: ReadonlyMap<string, IndexedEntry> }>;
};

/** Prepares a version of a library; it doesn't change afterwards. */
export function indexLibrary(library: LibraryContent): LibraryIndex {
  const careAreas = new Map<string, { area: CareArea; drugs: Map<string, IndexedEntry> }>();
  for (const area of library.careAreas) {
    const drugs = new Map<string, IndexedEntry>();
    for (const entry of area.drugs) {
      const { limits } = entry;
      const indexed: IndexedEntry = {
        careArea: area.name,
        entry,
        doseUnit: parseDoseUnit(entry.doseUnit),
        bolusDoseUnit: limits.bolusDose ? parseSingleDoseUnit(limits.bolusDose.unit) : null,
        bolusRateUnit: limits.bolusRate ? parseDoseUnit(limits.bolusRate.unit) : null,
        demandUnit: limits.pcaDemand ? parseSingleDoseUnit(limits.pcaDemand.unit) : null,
        cumulativeUnits: limits.cumulative.map((given) => parseSingleDoseUnit(given.unit)),
      };
      for (const name of [entry.name, ...entry.alsoKnownAs]) drugs.set(drugKey(name), indexed);
    }
    careAreas.set(drugKey(area.name), { area, drugs });
  }
  return { careAreas };
}

/** The entry for a drug in a care area, or what is missing. */
export function findEntry(
  index: LibraryIndex,
  careArea: string | null,
  drug: string | null,
): { found: IndexedEntry } | { found: null; missing: 'drug-name' | 'care-area-name' | 'care-area' | 'drug' } {
  if (drug === null || drug.trim() === '') return { found: null, missing: 'drug-name' };
  if (careArea === null) return { found: null, missing: 'care-area-name' };
  const area = index.careAreas.get(drugKey(careArea));
  if (!area) return { found: null, missing: 'care-area' };
  const found = area.drugs.get(drugKey(drug));
  return found ? { found } : { found: null, missing: 'drug' };
}
