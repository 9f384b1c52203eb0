// Reads back through the api what the platform stored, and compares it with the file. Nothing here asks the simulator
// what it believes to have sent, except which pump and number an infusion got.
import * as z from 'zod';
import type { ApiClient } from '../provision/api-client.ts';
import { eachOf } from '../provision/each.ts';
import { checkConcentration } from './concentration.ts';
import type { ReplayedInfusion } from './replay-pump.ts';

const listed = z.object({ id: z.string(), pumpInfusion: z.int(), startedAt: z.string() });
const optional = <T extends z.ZodType>(type: T) => type.nullish().transform((value) => value ?? null);
const entry = z.object({
  at: z.string(),
  kind: z.string(),
  seq: z.int().nullable(),
  pumpAt: z.string().nullish(),
  detail: z.looseObject({
    phase: optional(z.string()),
    rateMlPerH: optional(z.number()),
    doseRate: optional(z.number()),
    doseUnit: optional(z.string()),
    weightKg: optional(z.number()),
    drug: optional(z.string()),
  }),
});
type Entry = z.infer<typeof entry>;
const detailed = z.object({
  timeline: z.array(entry),
  completeness: z.object({ missing: z.int(), declaredLost: z.int(), rejected: z.int() }),
});

export type Findings = {
  actions: number;
  found: number;
  chartedRates: number;
  ratesMatching: number;
  /** Infusions with a dose and a rate; of these, those that can fail the concentration check; those that did. */
  concentrations: { checked: number; canFail: number; failed: number };
  missing: number;
  declaredLost: number;
  rejected: number;
  /** First few differences, in words. */
  differences: string[];
};

/** A record's time may have passed through a clock estimate; charted actions of an infusion are minutes apart. */
const toleranceMs = 5_000;
const shownDifferences = 20;

/** Compares every charted action with what is stored. @param step called with the number of infusions read so far */
export async function verifyReplay(
  api: ApiClient,
  infusions: readonly ReplayedInfusion[],
  step: (read: number) => void,
): Promise<Findings> {
  const findings: Findings = {
    actions: 0,
    found: 0,
    chartedRates: 0,
    ratesMatching: 0,
    concentrations: { checked: 0, canFail: 0, failed: 0 },
    missing: 0,
    declaredLost: 0,
    rejected: 0,
    differences: [],
  };
  const byPump = new Map<string, ReplayedInfusion[]>();
  for (const infusion of infusions) byPump.set(infusion.pump, [...(byPump.get(infusion.pump) ?? []), infusion]);
  let read = 0;
  await eachOf([...byPump], 4, async ([pump, replayed]) => {
    const stored = await api.readAll(`/infusions?pump=${encodeURIComponent(pump)}`, listed);
    for (const infusion of replayed) {
      const id = stored.find((candidate) => isSame(candidate, infusion))?.id;
      const detail = id === undefined ? null : await api.read(`/infusions/${encodeURIComponent(id)}`, detailed);
      compare(findings, infusion, detail);
      read += 1;
      step(read);
    }
  });
  return findings;
}

/** Numbers are unique within an epoch only: after a lost journal the same number means another infusion. */
function isSame(candidate: z.infer<typeof listed>, infusion: ReplayedInfusion): boolean {
  const startedAt = infusion.expected[0]?.at ?? 0;
  return (
    candidate.pumpInfusion === infusion.number &&
    Math.abs(Date.parse(candidate.startedAt) - startedAt) < 12 * toleranceMs
  );
}

function compare(findings: Findings, infusion: ReplayedInfusion, detail: z.infer<typeof detailed> | null): void {
  const entries = (detail?.timeline ?? [])
    .filter(({ kind }) => kind === 'programme' || kind === 'delivery')
    .sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0));
  if (detail) {
    findings.missing += detail.completeness.missing;
    findings.declaredLost += detail.completeness.declaredLost;
    findings.rejected += detail.completeness.rejected;
  }
  let at = 0;
  for (const action of infusion.charted.actions) {
    const expected = infusion.expected.filter(({ of }) => of === action.line);
    const matches = expected.map((record) => {
      const found = entries.findIndex((candidate, index) => index >= at && isRecord(candidate, record));
      if (found < 0) return null;
      at = found + 1;
      return entries[found] ?? null;
    });
    findings.actions += 1;
    const complete = matches.length > 0 && matches.every((match) => match !== null);
    if (complete) findings.found += 1;
    else {
      differ(
        findings,
        `line ${action.line}: ${action.action} of ${action.infusion} is not stored whole on ${infusion.pump}`,
      );
    }
    if (action.rateMlPerH === null) continue;
    findings.chartedRates += 1;
    // The stop that a change begins with belongs to the rate before it.
    const carrying = matches.filter((match, index) => match && !isTransition(expected[index]));
    if (complete && carrying.length > 0 && carrying.every((match) => match?.detail.rateMlPerH === action.rateMlPerH)) {
      findings.ratesMatching += 1;
    } else differ(findings, `line ${action.line}: rate ${action.rateMlPerH} mL/h of ${action.infusion} differs`);
  }
  const check = checkConcentration(entries.filter(({ kind }) => kind === 'programme').map(({ detail: told }) => told));
  if (!check.checked) return;
  findings.concentrations.checked += 1;
  if (check.canFail) findings.concentrations.canFail += 1;
  if (check.failed > 0) {
    findings.concentrations.failed += 1;
    differ(findings, `${infusion.charted.name}: ${check.failed} rates are not what the first concentration gives`);
  }
}

function isRecord(stored: Entry, record: ReplayedInfusion['expected'][number]): boolean {
  const { draft } = record;
  if (stored.kind !== draft.kind) return false;
  if (Math.abs(Date.parse(stored.pumpAt ?? stored.at) - record.at) > toleranceMs) return false;
  if (draft.kind === 'delivery') return stored.detail.phase === draft.phase;
  if (draft.kind !== 'programme') return false;
  return stored.detail.drug === draft.drug && stored.detail.doseRate === (draft.doseRate ?? null);
}

function isTransition(record: ReplayedInfusion['expected'][number] | undefined): boolean {
  return record?.draft.kind === 'delivery' && record.draft.reason === 'transition';
}

function differ(findings: Findings, words: string): void {
  if (findings.differences.length < shownDifferences) findings.differences.push(words);
}

/** True when the platform holds everything that the file says. */
export function isFaithful(findings: Findings): boolean {
  return (
    findings.found === findings.actions &&
    findings.ratesMatching === findings.chartedRates &&
    findings.concentrations.failed === 0 &&
    findings.missing === 0 &&
    findings.declaredLost === 0
  );
}
