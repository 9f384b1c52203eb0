// npm run chaos: every fault that a home, a network and a data centre produce, then a checker that believes nobody.
import { parseArgs } from 'node:util';
import { hasMosquitto } from '../tests/chaos/mosquitto.ts';
import { chaosReport } from '../tests/chaos/report.ts';
import { runChaos } from '../tests/chaos/run.ts';
import { type FaultFamily, faultFamilies } from '../tests/chaos/schedule.ts';
import { exitCodeOf, proofRun, WrongUse } from './testing/proof-run.ts';

const usage = `npm run chaos -- [--minutes M] [--pumps N] [--seed S] [--faults LIST] [--broker mosquitto] [--json] [--keep]
  --minutes M   how long faults are injected (3); the drain comes after it
  --pumps N     simulated pumps (60)
  --seed S      seed of the schedule and of the pumps (1)
  --faults LIST of ${faultFamilies.join(', ')} (all)
  --broker B    aedes or mosquitto (aedes)
  --json        the result as JSON on standard output
  --keep        leave the run's folder (database, journals, logs) where it is
exit code 0: nothing lost, doubled or silent · 1: violated or not drained in 90 s · 2: wrong use, or it could not run`;

function read() {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '3' },
      pumps: { type: 'string', default: '60' },
      seed: { type: 'string', default: '1' },
      faults: { type: 'string', default: faultFamilies.join(',') },
      broker: { type: 'string', default: 'aedes' },
      json: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const number = (name: 'minutes' | 'pumps' | 'seed', from: number) => {
    const value = Number(values[name]);
    const whole = name === 'minutes' || Number.isInteger(value);
    if (!(value >= from) || !whole)
      throw new WrongUse(`--${name}: got ${values[name]}; expected a number from ${from}`);
    return value;
  };
  const families = values.faults.split(',').map((name): FaultFamily => {
    const known = faultFamilies.find((family) => family === name.trim());
    if (!known) throw new WrongUse(`--faults: got ${name}; expected some of ${faultFamilies.join(', ')}`);
    return known;
  });
  const { json, keep, help } = values;
  const broker = (['aedes', 'mosquitto'] as const).find((name) => name === values.broker);
  if (!broker) throw new WrongUse(`--broker: got ${values.broker}; expected aedes or mosquitto`);
  if (broker === 'mosquitto' && !hasMosquitto) throw new WrongUse('--broker: Mosquitto is not installed');
  return {
    lastsMs: number('minutes', 0.05) * 60_000,
    pumps: number('pumps', 1),
    seed: number('seed', 0),
    families,
    broker,
    json,
    keep,
    help,
  };
}

async function main(): Promise<number> {
  const { json, keep, help, ...options } = read();
  if (help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  return proofRun('chaos', { json, keep }, (run) => runChaos({ ...options, ...run }), chaosReport);
}

process.exitCode = await exitCodeOf(main, usage);
