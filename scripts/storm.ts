// npm run storm: thousands of pumps come back at once after their broker was killed.
import { parseArgs } from 'node:util';
import { stormReport } from '../tests/chaos/storm/report.ts';
import { runStorm } from '../tests/chaos/storm/run.ts';
import { exitCodeOf, proofRun, WrongUse } from './testing/proof-run.ts';

const usage = `npm run storm -- [--pumps N] [--cadence S] [--seed S] [--json] [--keep]
  --pumps N     simulated pumps (5000); each needs two open files (ulimit -n)
  --cadence S   seconds between two samples of a pump (10)
  --seed S      seed of the pumps (1)
  --json        the result as JSON on standard output
  --keep        leave the run's folder (database, journals, logs) where it is
exit code 0: all came back and nothing was lost · 1: not so · 2: wrong use, or it could not run`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      pumps: { type: 'string', default: '5000' },
      cadence: { type: 'string', default: '10' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const number = (name: 'pumps' | 'cadence' | 'seed', from: number) => {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < from)
      throw new WrongUse(`--${name}: got ${values[name]}; expected a whole number from ${from}`);
    return value;
  };
  const options = { pumps: number('pumps', 1), cadenceMs: number('cadence', 1) * 1_000, seed: number('seed', 0) };
  return proofRun('storm', values, ({ folder, log }) => runStorm({ ...options, folder, log }), stormReport);
}

process.exitCode = await exitCodeOf(main, usage);
