// Units of doses: own table of exact factors (alerts-and-limits.md, "Dose arithmetic"). Factors are integers, so that
// conversions round once and never twice.

/** What kind of amount a unit measures. There is no conversion between kinds. */
export type AmountKind = 'mass' | 'units' | 'equivalents' | 'moles' | 'volume';
export type AmountUnit = 'ng' | 'mcg' | 'mg' | 'g' | 'units' | 'mEq' | 'mmol' | 'mL';
export type TimeUnit = 'min' | 'h' | 'day';
/** What a dose is divided by besides time. */
export const bodyMeasures = ['kg', 'm2'] as const;
export type BodyMeasure = (typeof bodyMeasures)[number];

/** Size of each amount unit in the smallest unit of its kind. */
export const amountUnits: Record<AmountUnit, { kind: AmountKind; factor: number }> = {
  ng: { kind: 'mass', factor: 1 },
  mcg: { kind: 'mass', factor: 1e3 },
  mg: { kind: 'mass', factor: 1e6 },
  g: { kind: 'mass', factor: 1e9 },
  units: { kind: 'units', factor: 1 },
  mEq: { kind: 'equivalents', factor: 1 },
  mmol: { kind: 'moles', factor: 1 },
  mL: { kind: 'volume', factor: 1 },
};

/** Minutes in each unit of time. */
export const timeUnits: Record<TimeUnit, number> = { min: 1, h: 60, day: 1440 };

export type DoseUnit = { amount: AmountUnit; per: BodyMeasure | null; time: TimeUnit };

// Library spelling, UCUM, and what pumps and charts write. Compared in lower case, but UCUM's `mEq`/`meq` are one.
const amountSpellings: Record<string, AmountUnit> = {
  ng: 'ng',
  nanograms: 'ng',
  mcg: 'mcg',
  ug: 'mcg',
  µg: 'mcg',
  μg: 'mcg',
  micrograms: 'mcg',
  mg: 'mg',
  milligrams: 'mg',
  g: 'g',
  gram: 'g',
  grams: 'g',
  unit: 'units',
  units: 'units',
  u: 'units',
  iu: 'units',
  '[iu]': 'units',
  '[u]': 'units',
  meq: 'mEq',
  mmol: 'mmol',
  ml: 'mL',
};

const timeSpellings: Record<string, TimeUnit> = {
  min: 'min',
  minute: 'min',
  h: 'h',
  hr: 'h',
  hour: 'h',
  d: 'day',
  day: 'day',
  '24h': 'day',
};

const bodySpellings: Record<string, BodyMeasure> = { kg: 'kg', m2: 'm2', 'm²': 'm2', '[m2]': 'm2' };

/** Reads an amount unit such as `mg`, `ug`, `[iU]`; null when it is none that we know exactly. */
export function parseAmountUnit(text: string): AmountUnit | null {
  const spelling = text.trim().toLowerCase();
  return Object.hasOwn(amountSpellings, spelling) ? (amountSpellings[spelling] ?? null) : null;
}

/**
 * Reads a dose rate's unit: amount, optionally per kg or m², per time: `mcg/kg/min`, `mg/m2/day`, `units/hour`, `mL/h`.
 * UCUM's `ug/kg/min` and `[iU]/h` and its dot form `mg/(kg.h)` are read too. null when any part is unknown.
 */
export function parseDoseUnit(text: string): DoseUnit | null {
  const parts = text
    .trim()
    .toLowerCase()
    .replace(/\/\(([^)]*)\)/g, (_, inner: string) => `/${inner.replaceAll('.', '/')}`)
    .split('/')
    .map((part) => part.trim());
  const amount = parseAmountUnit(parts[0] ?? '');
  const rest = parts.slice(1);
  let per: BodyMeasure | null = null;
  let time: TimeUnit | null = null;
  for (const part of rest) {
    if (Object.hasOwn(bodySpellings, part) && per === null) per = bodySpellings[part] ?? null;
    else if (Object.hasOwn(timeSpellings, part) && time === null) time = timeSpellings[part] ?? null;
    else return null;
  }
  return amount && time ? { amount, per, time } : null;
}

/** The library's spelling: `mcg/kg/min`. */
export function spellDoseUnit(unit: DoseUnit): string {
  return [unit.amount, unit.per, unit.time].filter((part) => part !== null).join('/');
}

/** Unit of one dose, as of a bolus: an amount, optionally per kg or m². */
export type SingleDoseUnit = { amount: AmountUnit; per: BodyMeasure | null };

/** Reads the unit of one dose: `mg`, `mcg/kg`, `g/m2`, `mL`. null when any part is unknown. */
export function parseSingleDoseUnit(text: string): SingleDoseUnit | null {
  const [first = '', second, ...more] = text
    .trim()
    .toLowerCase()
    .split('/')
    .map((part) => part.trim());
  const amount = parseAmountUnit(first);
  if (!amount || more.length > 0) return null;
  if (second === undefined) return { amount, per: null };
  const per = Object.hasOwn(bodySpellings, second) ? bodySpellings[second] : undefined;
  return per ? { amount, per } : null;
}

const amounts = Object.keys(amountUnits) as AmountUnit[];
const pers = [null, ...bodyMeasures] as const;

/** Every unit in which one dose can be said. */
export const everySingleDoseUnit: readonly SingleDoseUnit[] = amounts.flatMap((amount) =>
  pers.map((per) => ({ amount, per })),
);

/** Every unit in which a dose rate can be said. */
export const everyDoseUnit: readonly DoseUnit[] = everySingleDoseUnit.flatMap((single) =>
  (Object.keys(timeUnits) as TimeUnit[]).map((time) => ({ ...single, time })),
);
