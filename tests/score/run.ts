// The scoreboard: every rule's scenarios, then the healthy fleet.
import { families } from './families.ts';
import type { HealthyScore, Told } from './healthy.ts';
import { type Pages, pagesPerHour } from './paging.ts';
import { type HealthyJob, type Job, runJobs } from './parallel.ts';
import type { RuleScore } from './score-rule.ts';

export type ScoreOptions = {
  seed: number;
  /** Scenarios with a fault, per rule. */
  scenarios: number;
  /** Only these rules; empty: all. */
  rules: readonly string[];
  pumps: number;
  days: number;
  cadenceS: number;
};

export const usualScore: ScoreOptions = { seed: 1, scenarios: 50, rules: [], pumps: 500, days: 7, cadenceS: 10 };

/** The fleet whose on-call hours are asked about. */
const fleet = 1_200;
/** False medium alerts of a healthy fleet, per pump-day, at most. */
const mostFalseMedium = 0.01;

export type RuleLine = Omit<RuleScore, 'delaysMs'> & {
  recallPct: number;
  delayP50Ms: number | null;
  delayMaxMs: number | null;
  falsePerPumpDay: number;
};

export type HealthyResult = {
  pumps: number;
  days: number;
  pumpDays: number;
  records: number;
  alarms: number;
  alarmsPerHour: number;
  alerts: Record<string, number>;
  falseHigh: number;
  falseMedium: number;
  falseLow: number;
  falseMediumPerPumpDay: number;
  falseByType: Record<string, number>;
  examples: string[];
  pages: Pages & { fleet: number };
};

export type ScoreResult = {
  seed: number;
  rules: RuleLine[];
  healthy: HealthyResult | null;
  tookMs: number;
  /** What does not hold, in words. */
  failed: string[];
  good: boolean;
};

/**
 * Plays and judges.
 * @param log one line for a person
 */
export async function runScore(options: ScoreOptions, log: (line: string) => void): Promise<ScoreResult> {
  const began = Date.now();
  const { seed, scenarios, pumps, days, cadenceS } = options;
  const chosen = families.filter(({ rule }) => options.rules.length === 0 || options.rules.includes(rule));
  const ruleJobs: Job[] =
    scenarios > 0 ? chosen.map(({ rule }) => ({ job: 'rule', rule, seed, count: scenarios })) : [];
  let played = 0;
  const scores = await runJobs<RuleScore>(
    ruleJobs,
    () => {},
    (job) => {
      played += 1;
      log(`${played} of ${ruleJobs.length} rules: ${chosen[job]?.rule}`);
    },
  );
  const rules = scores.map(lineOf);
  const healthy = pumps > 0 && days > 0 ? await runHealthy({ seed, days, cadenceS }, pumps, log) : null;
  const failed = [...rules.flatMap(failuresOf), ...(healthy ? healthFailures(healthy) : [])];
  return { seed, rules, healthy, tookMs: Date.now() - began, failed, good: failed.length === 0 };
}

function lineOf({ delaysMs, ...score }: RuleScore): RuleLine {
  const delays = [...delaysMs].sort((a, b) => a - b);
  return {
    ...score,
    recallPct: score.labels === 0 ? 0 : (score.found / score.labels) * 100,
    delayP50Ms: delays[Math.floor((delays.length - 1) / 2)] ?? null,
    delayMaxMs: delays.at(-1) ?? null,
    falsePerPumpDay: score.pumpDays === 0 ? 0 : score.falseAlerts / score.pumpDays,
  };
}

function failuresOf({ rule, labels, found, falseAlerts, othersFalse }: RuleLine): string[] {
  const failures: string[] = [];
  if (found < labels) failures.push(`${rule}: ${found} of ${labels} found`);
  if (falseAlerts > 0) failures.push(`${rule}: ${falseAlerts} false alerts in its scenarios`);
  if (othersFalse > 0) failures.push(`${rule}: ${othersFalse} false alerts of other rules in its scenarios`);
  return failures;
}

async function runHealthy(
  given: Pick<HealthyJob, 'seed' | 'days' | 'cadenceS'>,
  pumps: number,
  log: (line: string) => void,
): Promise<HealthyResult> {
  const parts = Math.min(pumps, 20);
  const jobs = Array.from({ length: parts }, (_, part): HealthyJob => {
    const edge = (n: number) => Math.floor((pumps * n) / parts);
    return { job: 'healthy', ...given, from: edge(part), to: edge(part + 1) };
  });
  const done = new Array<number>(parts).fill(0);
  let said = Date.now();
  const scores = await runJobs<HealthyScore>(jobs, (job, count) => {
    done[job] = count;
    if (Date.now() - said < 10_000) return;
    said = Date.now();
    log(`healthy fleet: ${Math.round(done.reduce((sum, one) => sum + one, 0))} of ${pumps * given.days} pump-days`);
  });
  return healthyResult(scores, pumps, given.days);
}

function healthyResult(scores: readonly HealthyScore[], pumps: number, days: number): HealthyResult {
  const sum = (of: (score: HealthyScore) => number) => scores.reduce((total, score) => total + of(score), 0);
  const alerts = scores.flatMap((score) => score.alerts);
  const unaccounted = alerts.filter(({ because }) => because === null);
  const ofPriority = (priority: Told['priority']) => unaccounted.filter((alert) => alert.priority === priority).length;
  const pumpDays = sum((score) => score.pumpDays);
  return {
    pumps,
    days,
    pumpDays,
    records: sum((score) => score.records),
    alarms: sum((score) => score.alarms),
    alarmsPerHour: sum((score) => score.alarms) / sum((score) => score.runningHours),
    alerts: counted(alerts.map(({ priority }) => priority)),
    falseHigh: ofPriority('high'),
    falseMedium: ofPriority('medium'),
    falseLow: ofPriority('low'),
    falseMediumPerPumpDay: ofPriority('medium') / pumpDays,
    falseByType: counted(unaccounted.map(({ priority, type }) => `${priority} ${type}`)),
    examples: unaccounted
      .slice(0, 10)
      .map(({ pump, type, seenAt, message }) => `${pump} ${new Date(seenAt).toISOString()} ${type}: ${message}`),
    pages: { ...pagesPerHour(alerts, pumps, days * 24, fleet), fleet },
  };
}

function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function healthFailures({ falseHigh, falseMediumPerPumpDay }: HealthyResult): string[] {
  const failures: string[] = [];
  if (falseHigh > 0) failures.push(`healthy fleet: ${falseHigh} false high alerts`);
  if (falseMediumPerPumpDay > mostFalseMedium) {
    failures.push(
      `healthy fleet: ${falseMediumPerPumpDay.toFixed(4)} false medium alerts per pump-day, at most ${mostFalseMedium}`,
    );
  }
  return failures;
}
