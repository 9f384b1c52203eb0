import { drugKey } from '../library/drug-entry.ts';
import type { RuleSet } from './rule-set.ts';
import { checkRuleSet, type RuleSetProblem } from './rule-settings.ts';

/**
 * Everything that stands against submitting a rule set, with its place; empty when it may go on.
 * @param knownAreas care areas of published libraries and of therapies: a misspelt one would change nothing, silently
 * @param today such as 2026-11-25
 */
export function checkRuleSetNow(set: RuleSet, knownAreas: readonly string[], today: string): RuleSetProblem[] {
  const problems = checkRuleSet(set);
  const known = new Set(knownAreas.map(drugKey));
  for (const [index, { careArea, changes }] of set.careAreas.entries()) {
    const path = `careAreas[${index}]`;
    if (!known.has(drugKey(careArea))) {
      const expected = knownAreas.length === 0 ? 'a care area of a published library' : `one of ${list(knownAreas)}`;
      problems.push({ path, what: `no library and no therapy has the care area ${careArea}`, expected });
    }
    if (Object.values(changes).every((rule) => Object.keys(rule ?? {}).length === 0)) {
      problems.push({ path, what: `nothing differs in ${careArea}`, expected: 'a setting that differs, or no entry' });
    }
  }
  if (set.reviewDate <= today) {
    problems.push({ path: 'reviewDate', what: `${set.reviewDate} is not in the future`, expected: 'a later day' });
  }
  return problems;
}

const mostListed = 12;

function list(areas: readonly string[]): string {
  const more = areas.length - mostListed;
  return areas.slice(0, mostListed).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
