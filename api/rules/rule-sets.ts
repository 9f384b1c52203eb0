import type { LibraryStep } from '#schemas/http/libraries.ts';
import { lifeOf } from '#schemas/http/libraries.ts';
import type { RuleSetDetail, RuleSetInForce, RuleSetVersion } from '#schemas/http/rule-sets.ts';
import { nextVersion, type VersionOutcome } from '#schemas/library/version.ts';
import { type RuleSet, ruleSet } from '#schemas/rules/rule-set.ts';
import { diffRuleSets } from '#schemas/rules/rule-set-diff.ts';
import { checkRuleSetNow } from '#schemas/rules/rule-set-standing.ts';
import { type RuleSetProblem, settingsFor } from '#schemas/rules/rule-settings.ts';
import { writeAudit } from '../audit/write.ts';
import type { Query } from '../database.ts';
import type { Author } from '../library/versions.ts';
import { notFound, problem } from '../problem.ts';

// Versions of the rule set in the database. What may happen to one is decided by schemas/library/version.ts.

/** The rule set whose settings hold now; null: the defaults. */
export async function readInForce(query: Query): Promise<{ version: number; content: RuleSet } | null> {
  const [row] = await query<{ version: number; content: unknown }>('rule_set_in_force');
  return row ? { version: row.version, content: ruleSet.parse(row.content) } : null;
}

export async function readKnownAreas(query: Query): Promise<string[]> {
  return (await query<{ name: string }>('care_areas_known')).map(({ name }) => name);
}

/** What holds now, level by level, for anybody to read. */
export async function tellInForce(query: Query): Promise<RuleSetInForce> {
  const [row] = await query<{ version: number; content: unknown; publishedAt: string }>('rule_set_in_force');
  const content = row ? ruleSet.parse(row.content) : null;
  return {
    version: row?.version ?? null,
    content,
    publishedAt: row?.publishedAt ?? null,
    settings: settingsFor(content, null, [], 0),
    careAreas: (content?.careAreas ?? []).map(({ careArea }) => ({
      careArea,
      settings: settingsFor(content, careArea, [], 0),
    })),
    knownAreas: await readKnownAreas(query),
  };
}

/** With its content, checked now. @throws 404 */
export async function readRuleSet(query: Query, version: number, now: number): Promise<RuleSetDetail> {
  const [row] = await query<RuleSetVersion & { content: unknown }>('rule_set_one', [version]);
  if (!row) throw notFound(`version ${version} of the rule set`);
  const content = ruleSet.parse(row.content);
  const problems = checkRuleSetNow(content, await readKnownAreas(query), dayOf(now));
  return { ...row, content, problems };
}

/** The next version, a draft: a copy of `from`, else of what is in force, else empty. @throws 404 @returns its number */
export async function insertRuleSet(
  query: Query,
  given: { reason: string; from?: number | undefined; reviewDate?: string | undefined },
  by: Author,
  now: number,
): Promise<number> {
  await query('rule_sets_lock');
  const inForce = await readInForce(query);
  const from = given.from ?? inForce?.version ?? null;
  const copied = from === null ? null : (await readRuleSet(query, from, now)).content;
  const content: RuleSet = {
    ...(copied ?? { name: 'Rules', changes: {}, careAreas: [] }),
    reason: given.reason,
    reviewDate: given.reviewDate ?? dayOf(now + yearMs),
  };
  const [made] = await query<{ version: number }>('rule_set_insert', [from, JSON.stringify(content), by.id]);
  if (!made) throw new Error('the version was not inserted');
  await writeAudit(query, by, 'rule-set.draft', String(made.version), { basedOn: from, reason: given.reason });
  return made.version;
}

const yearMs = 365 * 86_400_000;

/** Writes a draft anew. @throws 404, 409 where it is no draft or somebody else has changed it since `revision` */
export async function editRuleSet(
  query: Query,
  version: number,
  given: { revision: number; content: RuleSet },
  by: Author,
  now: number,
): Promise<void> {
  const before = await lockRuleSet(query, version, given.revision, now);
  const { authors } = allowed(nextVersion(lifeOf(before), { kind: 'edit', by: by.id }, now), []);
  await query('rule_set_edit', [version, JSON.stringify(given.content), authors, by.id]);
  const changes = diffRuleSets(before.content, given.content).map(({ words }) => words);
  await writeAudit(query, by, 'rule-set.edit', String(version), { revision: given.revision + 1, changes });
}

/** One step of a version's life. @throws 404, 409 for a state or a person that does not allow it, 422 for what is missing */
export async function takeRuleSetStep(
  query: Query,
  version: number,
  given: { step: LibraryStep; reason: string; revision: number | null },
  by: Author,
  now: number,
): Promise<void> {
  const { step, reason } = given;
  const before = await lockRuleSet(query, version, given.revision, now);
  const { problems } = before;
  const input = { kind: step, by: by.id, reason, problems: problems.length };
  const { state } = allowed(nextVersion(lifeOf(before), input, now), problems);
  const until = state.at === 'published' ? (state.provisional?.until ?? null) : null;
  await query('rule_set_step', [version, state.at, step, by.id, reason, until]);
  const detail = { was: before.state, ...(reason === '' ? {} : { reason }) };
  await writeAudit(query, by, `rule-set.${step}`, String(version), detail);
}

/** Whoever else changes this version waits. `revision`: what the person saw, null where that is not said. */
async function lockRuleSet(query: Query, version: number, revision: number | null, now: number) {
  await query('rule_set_lock', [version]);
  const before = await readRuleSet(query, version, now);
  if (revision !== null && revision !== before.revision) {
    const { name } = before.changed.by;
    throw problem(409, `${name} has changed it meanwhile: it is at revision ${before.revision}, not ${revision}`);
  }
  return before;
}

function allowed(outcome: VersionOutcome, problems: readonly RuleSetProblem[]) {
  if (outcome.ok) return outcome.next;
  const { reason, detail } = outcome;
  if (reason === 'problems') throw refusedSettings(problems, detail);
  if (reason === 'no-reason') throw problem(422, detail, { errors: [{ path: 'reason', message: detail }] });
  throw problem(409, detail);
}

/** 422 with the place of each problem. */
export function refusedSettings(problems: readonly RuleSetProblem[], detail?: string) {
  const errors = problems.map(({ path, what, expected }) => ({ path, message: `${what}; expected: ${expected}` }));
  const told = errors.map(({ path, message }) => `${path}: ${message}`).join(' · ');
  return problem(422, detail ?? told.slice(0, 1_000), { errors: errors.slice(0, 50) });
}

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
