import { amountUnits, parseAmountUnit, parseDoseUnit, parseSingleDoseUnit } from '../rules/units.ts';
import { checkLimits } from './check-limits.ts';
import { type DrugEntry, drugKey, type LibraryConcentration } from './drug-entry.ts';
import { type CareArea, type LibraryContent, libraryContent } from './library.ts';

// Everything that must hold of a library beyond its shape, each problem with its place and what would be right.

export type LibraryProblem = {
  /** `careAreas[0].drugs[2].limits.doseRate`, or a line of a CSV file. */
  path: string;
  /** Care area and drug by name, where the problem is inside one. */
  where: string;
  what: string;
  expected: string;
};

export type Report = (path: string, what: string, expected: string) => void;

/** Reads a library from JSON that anybody wrote. A draft is kept with problems; it can't be submitted with them. */
export function readLibrary(
  given: unknown,
): { ok: true; library: LibraryContent; problems: LibraryProblem[] } | { ok: false; problems: LibraryProblem[] } {
  const read = libraryContent.safeParse(given);
  if (read.success) return { ok: true, library: read.data, problems: checkLibrary(read.data) };
  const problems = read.error.issues.map((issue) => ({
    path: spellPath(issue.path),
    where: '',
    what: 'is not readable',
    expected: issue.message,
  }));
  return { ok: false, problems };
}

function spellPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${String(part)}`))
    .join('');
}

/** What is wrong with a library; empty when it may be submitted. */
export function checkLibrary(library: LibraryContent): LibraryProblem[] {
  const problems: LibraryProblem[] = [];
  const reportAt =
    (where: string): Report =>
    (path, what, expected) =>
      problems.push({ path, where, what, expected });
  if (library.careAreas.length === 0) reportAt('')('careAreas', 'no care area', 'at least one care area');
  const names = new Map<string, number>();
  for (const [index, area] of library.careAreas.entries()) {
    const path = `careAreas[${index}]`;
    const before = names.get(drugKey(area.name));
    if (before !== undefined) {
      reportAt(area.name)(`${path}.name`, `the same care area as careAreas[${before}]`, 'each care area once');
    }
    names.set(drugKey(area.name), index);
    checkNames(area, path, reportAt);
    for (const [at, entry] of area.drugs.entries()) {
      checkEntry(entry, `${path}.drugs[${at}]`, reportAt(`${area.name}, ${entry.name}`));
    }
  }
  return problems;
}

/** A pump asks for a drug by name: no name may lead to two entries. */
function checkNames(area: CareArea, path: string, reportAt: (where: string) => Report): void {
  const known = new Map<string, string>();
  for (const [index, entry] of area.drugs.entries()) {
    const report = reportAt(`${area.name}, ${entry.name}`);
    const own = `${path}.drugs[${index}].name`;
    const named: [string, string][] = [[own, entry.name]];
    for (const [at, other] of entry.alsoKnownAs.entries()) {
      named.push([`${path}.drugs[${index}].alsoKnownAs[${at}]`, other]);
    }
    for (const [place, name] of named) {
      const before = known.get(drugKey(name));
      if (before !== undefined) {
        report(place, `duplicate drug: ${JSON.stringify(name)} is also ${before}`, 'each name once in a care area');
      }
      known.set(drugKey(name), place);
    }
  }
}

function checkEntry(entry: DrugEntry, path: string, report: Report): void {
  const unit = parseDoseUnit(entry.doseUnit);
  if (!unit) {
    report(
      `${path}.doseUnit`,
      `unknown dose unit ${JSON.stringify(entry.doseUnit)}`,
      'a unit such as mcg/kg/min, mg/h, units/h, g/day, mg/m2/day, mL/kg/h',
    );
  }
  const kinds = checkConcentrations(entry.concentrations, `${path}.concentrations`, report);
  const kind = unit ? amountUnits[unit.amount].kind : null;
  if (kind !== null && kind !== 'volume') {
    if (entry.concentrations.length === 0) {
      report(
        `${path}.concentrations`,
        `no concentration for a dose in ${entry.doseUnit}`,
        'at least one concentration',
      );
    }
    if (kinds.some((other) => other !== kind)) {
      report(
        `${path}.concentrations`,
        `a concentration can't be converted to ${entry.doseUnit}`,
        `concentrations in a unit of ${kind}`,
      );
    }
  }
  checkNeeds(entry, path, report);
  if (new Set(entry.modes).size < entry.modes.length) report(`${path}.modes`, 'a mode stands twice', 'each mode once');
  checkLimits(entry, `${path}.limits`, report);
}

function checkConcentrations(given: LibraryConcentration[], path: string, report: Report) {
  const kinds = [];
  const seen = new Set<string>();
  for (const [index, concentration] of given.entries()) {
    const at = `${path}[${index}]`;
    const unit = parseAmountUnit(concentration.unit);
    if (unit) kinds.push(amountUnits[unit].kind);
    else
      report(`${at}.unit`, `unknown unit ${JSON.stringify(concentration.unit)}`, Object.keys(amountUnits).join(', '));
    const fields: [string, number][] =
      'amount' in concentration
        ? [['amount', concentration.amount]]
        : [
            ['from', concentration.from],
            ['to', concentration.to],
          ];
    for (const [field, value] of [...fields, ['perMl', concentration.perMl] as const]) {
      if (!(value > 0)) report(`${at}.${field}`, `concentration is ${value}`, 'above 0');
    }
    if ('from' in concentration && concentration.from >= concentration.to) {
      report(at, `range from ${concentration.from} to ${concentration.to}`, 'from below to');
    }
    const key = JSON.stringify(concentration);
    if (seen.has(key)) report(at, 'the same concentration twice', 'each concentration once');
    seen.add(key);
  }
  return kinds;
}

/** Units that ask for the body must be known to ask: the pump has to request weight or body surface. */
function checkNeeds(entry: DrugEntry, path: string, report: Report): void {
  const pers = [
    parseDoseUnit(entry.doseUnit)?.per,
    parseDoseUnit(entry.limits.bolusRate?.unit ?? '')?.per,
    ...[entry.limits.bolusDose, entry.limits.pcaDemand, ...entry.limits.cumulative].map(
      (limit) => parseSingleDoseUnit(limit?.unit ?? '')?.per,
    ),
  ];
  if (pers.includes('kg') && !entry.needs.includes('weight')) {
    report(`${path}.needs`, 'a unit per kg without needing the weight', 'needs holds "weight"');
  }
  if (pers.includes('m2') && !entry.needs.includes('bsa')) {
    report(`${path}.needs`, 'a unit per m2 without needing the body surface', 'needs holds "bsa"');
  }
}
