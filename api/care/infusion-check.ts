import * as z from 'zod';
import { type InfusionCheck, infusionCheck } from '#schemas/http/infusion-check.ts';
import { checkWords, type LimitCheck, passedKind } from '#schemas/rules/limit-check.ts';
import { type Standing, standingWords } from '#schemas/rules/programme-against-library.ts';
import type { Query } from '../database.ts';

type CheckRow = {
  judgedAt: string;
  library: InfusionCheck['library'];
  standing: Standing[];
  checks: LimitCheck[];
  notChecked: string[];
};

/** What ingest judged last of an infusion; null: nothing yet. */
export async function readInfusionCheck(query: Query, infusion: string): Promise<InfusionCheck | null> {
  const [row] = await query<CheckRow>('infusion_check', [infusion]);
  if (!row) return null;
  const { judgedAt, library, standing, checks, notChecked } = row;
  const read = infusionCheck.safeParse({
    ...{ judgedAt, library, notChecked },
    standing: standing.map((why) => standingWords[why]),
    limits: checks.flatMap((check) =>
      check.outcome === 'not-checked'
        ? []
        : [{ field: check.field, outcome: passedKind(check) ?? 'inside', words: checkWords(check) }],
    ),
  });
  if (!read.success) throw new Error(`judgement of infusion ${infusion}: ${z.prettifyError(read.error)}`);
  return read.data;
}
