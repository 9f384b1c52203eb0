import { verdictText } from '../checker/verdict.ts';
import { type CrashPointsResult, roundLine } from './run.ts';

/** The table, and all rounds held together, for people. */
export function crashPointsReport({ seed, times, pumps, rounds, together, crashes, good }: CrashPointsResult): string {
  const bad = rounds.filter((round) => !round.good);
  return [
    `crash points: ${rounds.length} rounds × ${times}, ${pumps} pumps each, seed ${seed}`,
    `${'point'.padEnd(18)}  kills  violations   stored  rejected     drained   took`,
    ...rounds.map(roundLine),
    ...bad.flatMap(({ points, verdict }) => [`${points.join(', ')}:`, verdictText(verdict)]),
    ...crashes.map((crash) => `crash      ${crash}`),
    verdictText(together),
    good ? 'good       no violation at any point' : 'good       NO',
  ].join('\n');
}
