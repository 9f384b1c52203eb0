// npm run crash-points: ingest killed at each of its steps, and cut off from the database in the middle of COMMIT.
import { parseArgs } from 'node:util';
import { type CrashPoint, crashPoints } from '../tests/chaos/crash-points/points.ts';
import { crashPointsReport } from '../tests/chaos/crash-points/report.ts';
import { runCrashPoints } from '../tests/chaos/crash-points/run.ts';
import { exitCodeOf, proofRun, WrongUse } from './testing/proof-run.ts';

const usage = `npm run crash-points -- [--times N] [--pumps N] [--seed S] [--points LIST] [--json] [--keep]
  --times N      how often ingest is killed at each point (10); links are cut up to five times as often
  --pumps N      simulated pumps of each point (12)
  --seed S       seed of the pumps and of which passing of a point is the last (1)
  --points LIST  some of ${crashPoints.join(', ')} (all)
  --json         the result as JSON on standard output
  --keep         leave the run's folder (database, journals, logs) where it is
exit code 0: every kill happened and nothing was violated · 1: not so · 2: wrong use, or it could not run`;

function read() {
  const { values } = parseArgs({
    options: {
      times: { type: 'string', default: '10' },
      pumps: { type: 'string', default: '12' },
      seed: { type: 'string', default: '1' },
      points: { type: 'string', default: crashPoints.join(',') },
      json: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const number = (name: 'times' | 'pumps' | 'seed', from: number) => {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < from)
      throw new WrongUse(`--${name}: got ${values[name]}; expected a whole number from ${from}`);
    return value;
  };
  const rounds = values.points.split(',').map((name): [CrashPoint] => {
    const known = crashPoints.find((point) => point === name.trim());
    if (!known) throw new WrongUse(`--points: got ${name}; expected some of ${crashPoints.join(', ')}`);
    return [known];
  });
  const { json, keep, help } = values;
  return { times: number('times', 1), pumps: number('pumps', 1), seed: number('seed', 0), rounds, json, keep, help };
}

async function main(): Promise<number> {
  const { json, keep, help, ...options } = read();
  if (help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  return proofRun('crash-points', { json, keep }, (run) => runCrashPoints({ ...options, ...run }), crashPointsReport);
}

process.exitCode = await exitCodeOf(main, usage);
