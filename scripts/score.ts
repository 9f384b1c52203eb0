// npm run score: labelled scenarios for every rule, and a healthy fleet, against the rules that ingest runs.
import { parseArgs } from 'node:util';
import { families } from '../tests/score/families.ts';
import { scoreReport } from '../tests/score/report.ts';
import { runScore, usualScore } from '../tests/score/run.ts';
import { exitCodeOf, WrongUse } from './testing/proof-run.ts';

const usage = `npm run score -- [--seed N] [options]
  --seed N        what everything is drawn from (${usualScore.seed})
  --scenarios N   scenarios with a fault per rule, and half as many just short of one (${usualScore.scenarios}; 0: none)
  --rule NAME     only this rule, without the healthy fleet; may be given more than once; --list names them
  --pumps N       pumps of the healthy fleet (${usualScore.pumps}; 0: none)
  --days N        simulated days (${usualScore.days})
  --cadence S     seconds between samples of the healthy fleet (${usualScore.cadenceS})
  --json          the result as JSON on standard output
exit code 0: every fault found and nothing false · 1: not so · 2: wrong use, or it could not run`;

async function main(): Promise<number> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      seed: text,
      scenarios: text,
      rule: { type: 'string', multiple: true, default: [] },
      pumps: text,
      days: text,
      cadence: text,
      json: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help || values.list) {
    process.stdout.write(values.help ? `${usage}\n` : `${families.map(({ rule }) => rule).join('\n')}\n`);
    return 0;
  }
  const number = (name: 'seed' | 'scenarios' | 'pumps' | 'days' | 'cadence', usual: number, least: number) => {
    const value = values[name] === undefined ? usual : Number(values[name]);
    if (!(value >= least)) throw new WrongUse(`--${name}: got ${values[name]}; expected a number of at least ${least}`);
    return name === 'days' || name === 'cadence' ? value : Math.round(value);
  };
  const unknown = values.rule.find((rule) => !families.some((family) => family.rule === rule));
  if (unknown !== undefined) {
    throw new WrongUse(`--rule: got ${unknown}; expected one of ${families.map(({ rule }) => rule).join(', ')}`);
  }
  const result = await runScore(
    {
      seed: number('seed', usualScore.seed, 0),
      scenarios: number('scenarios', usualScore.scenarios, 0),
      rules: values.rule,
      pumps: number('pumps', values.rule.length > 0 ? 0 : usualScore.pumps, 0),
      days: number('days', usualScore.days, 0),
      cadenceS: number('cadence', usualScore.cadenceS, 1),
    },
    (line) => process.stderr.write(`${line}\n`),
  );
  process.stdout.write(`${values.json ? JSON.stringify(result) : scoreReport(result)}\n`);
  return result.good ? 0 : 1;
}

process.exitCode = await exitCodeOf(main, usage);
