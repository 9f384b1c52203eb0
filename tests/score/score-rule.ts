// One rule's scenarios, played and judged.
import { families, scenarioNo } from './families.ts';
import { judge } from './judge.ts';
import { play } from './play.ts';
import type { Scenario } from './scenario.ts';

export type RuleScore = {
  rule: string;
  /** Scenarios with a fault, and just short of one. */
  scenarios: number;
  nearMisses: number;
  labels: number;
  found: number;
  delaysMs: number[];
  /** Alerts of this rule that nothing accounts for, in its own scenarios, and the time in which they came. */
  falseAlerts: number;
  /** Alerts of other rules that nothing accounts for. */
  othersFalse: number;
  pumpDays: number;
  /** What went wrong, in words, enough to play it again. */
  examples: string[];
};

const mostExamples = 5;

/** Plays `count` scenarios of a rule, and half as many near misses. */
export function scoreRule(rule: string, seed: number, count: number): RuleScore {
  const family = families.find((known) => known.rule === rule);
  if (!family) throw new RangeError(`no rule ${rule}; there are ${families.map((known) => known.rule).join(', ')}`);
  const score: RuleScore = {
    rule,
    scenarios: 0,
    nearMisses: 0,
    labels: 0,
    found: 0,
    delaysMs: [],
    falseAlerts: 0,
    othersFalse: 0,
    pumpDays: 0,
    examples: [],
  };
  const kinds: [Scenario['kind'], number][] = [
    ['fault', count],
    ['near-miss', family.noNearMiss ? 0 : Math.ceil(count / 2)],
  ];
  for (const [kind, times] of kinds) {
    for (let n = 0; n < times; n += 1) add(score, scenarioNo(family, seed, n, kind), `${kind} ${n}`);
  }
  return score;
}

function add(score: RuleScore, scenario: Scenario, name: string): void {
  const { labels, alerts, alarms, pumpDays } = play(scenario);
  const { found, missed, unaccounted } = judge({ labels, alarms, alsoTrue: scenario.alsoTrue }, alerts);
  if (scenario.kind === 'fault') score.scenarios += 1;
  else score.nearMisses += 1;
  score.labels += labels.length;
  score.found += found.length;
  score.pumpDays += pumpDays;
  for (const { delayMs } of found) score.delaysMs.push(delayMs);
  const say = (words: string) => {
    if (score.examples.length < mostExamples) score.examples.push(`${name}: ${scenario.says}: ${words}`);
  };
  // A fault that leaves no label behind would be a scenario that proves nothing.
  if (scenario.kind === 'fault' && labels.length === 0) {
    score.labels += 1;
    say('nothing happened');
  }
  for (const { label, because } of missed) say(`missed ${label.rule} at ${clock(label.begin)}: ${because}`);
  for (const alert of unaccounted) {
    if (alert.type === scenario.rule || alert.type.startsWith('MDC_')) score.falseAlerts += 1;
    else score.othersFalse += 1;
    say(`false ${alert.priority} ${alert.type} at ${clock(alert.seenAt)}: ${alert.message}`);
  }
}

const clock = (at: number) => new Date(at).toISOString().slice(5, 19);
