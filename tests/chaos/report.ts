import { verdictText } from './checker/verdict.ts';
import type { ChaosResult } from './run.ts';

/** What happened, for people. */
export function chaosReport(result: ChaosResult): string {
  const faults = Object.entries(result.faults)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([name, { done, skipped }]) => `${name} ${done}${skipped > 0 ? ` (${skipped} found nothing)` : ''}`);
  const drain = result.drainMs === null ? 'NOT DRAINED in time' : `drained in ${(result.drainMs / 1000).toFixed(1)} s`;
  return [
    `chaos      ${result.pumps} pumps, ${Math.round(result.lastedMs / 1000)} s, seed ${result.seed}, ${result.broker}`,
    `faults     ${faults.join(', ')}`,
    `drain      ${drain}`,
    ...result.notHere.map((family) => `not run    ${family}`),
    ...result.crashes.map((crash) => `crash      ${crash}`),
    verdictText(result.verdict),
  ].join('\n');
}
