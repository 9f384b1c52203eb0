// The scoreboard as text.
import type { HealthyResult, RuleLine, ScoreResult } from './run.ts';

const seconds = (ms: number | null) => (ms === null ? '–' : ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : duration(ms));

function duration(ms: number): string {
  const s = Math.round(ms / 1000);
  if (s < 120) return `${s} s`;
  const min = s / 60;
  return min < 120 ? `${Math.round(min)} min` : `${(min / 60).toFixed(1)} h`;
}

/** The table, then the healthy fleet, then what does not hold. */
export function scoreReport(result: ScoreResult): string {
  const { seed, rules, healthy, failed, tookMs } = result;
  return [
    ...(rules.length > 0 ? [...table(rules), ''] : []),
    ...(healthy ? [...healthyLines(healthy), ''] : []),
    ...failed.map((words) => `NOT HELD  ${words}`),
    `seed ${seed} · ${duration(tookMs)} · ${result.good ? 'all held' : `${failed.length} not held`}`,
  ].join('\n');
}

function table(rules: readonly RuleLine[]): string[] {
  const rows = rules.map((line) => [
    line.rule,
    `${line.scenarios} + ${line.nearMisses}`,
    `${line.found} of ${line.labels}`,
    `${line.recallPct === 100 ? '100' : line.recallPct.toFixed(1)} %`,
    seconds(line.delayP50Ms),
    seconds(line.delayMaxMs),
    line.falseAlerts === 0 ? '0' : `${line.falsePerPumpDay.toFixed(2)} (${line.falseAlerts})`,
    line.othersFalse === 0 ? '' : `${line.othersFalse} of other rules`,
  ]);
  const head = ['rule', 'faults + near misses', 'found', 'recall', 'delay p50', 'max', 'false/pump-day', ''];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  const spell = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  const examples = rules.flatMap(({ rule, examples: given }) => given.map((words) => `  ${rule}: ${words}`));
  return [spell(head), ...rows.map(spell), ...(examples.length > 0 ? ['', ...examples] : [])];
}

function healthyLines(healthy: HealthyResult): string[] {
  const { pumps, days, pumpDays, records, alarms, alarmsPerHour, alerts, pages } = healthy;
  const falseTypes = Object.entries(healthy.falseByType).map(([name, count]) => `${name} ${count}`);
  return [
    `healthy fleet: ${pumps} pumps × ${days} days, ${records.toLocaleString('en')} records`,
    `  alarms of the pumps      ${alarms.toLocaleString('en')}, ${alarmsPerHour.toFixed(2)} per hour of delivery`,
    `  alerts                   ${Object.entries(alerts)
      .map(([priority, count]) => `${priority} ${count.toLocaleString('en')}`)
      .join(' · ')}`,
    `  false high               ${healthy.falseHigh} in ${pumpDays} pump-days`,
    `  false medium             ${healthy.falseMedium}: ${healthy.falseMediumPerPumpDay.toFixed(4)} per pump-day`,
    `  false low                ${healthy.falseLow}: ${(healthy.falseLow / pumpDays).toFixed(4)} per pump-day`,
    ...(falseTypes.length > 0 ? [`  false by type            ${falseTypes.join(' · ')}`] : []),
    ...healthy.examples.map((words) => `    ${words}`),
    `  pages per on-call hour   ${pages.perHourWithDwell.toFixed(1)} with the dwell, ${pages.perHourWithout.toFixed(1)} without, for ${pages.fleet.toLocaleString('en')} pumps`,
  ];
}
