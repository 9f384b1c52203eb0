// npm run fuzz: bytes that nobody should send, to the real services.
import { parseArgs } from 'node:util';
import { fuzzReport } from '../tests/chaos/fuzz/report.ts';
import { runFuzz } from '../tests/chaos/fuzz/run.ts';
import { exitCodeOf, proofRun } from './testing/proof-run.ts';

const usage = `npm run fuzz -- [--packets N] [--seed S] [--json] [--keep]
  --packets N   MQTT packets before and after CONNACK, payloads, HTTP requests and live frames (20000)
  --seed S      seed of all of them (1); a failure names the seed of its round
  --json        the result as JSON on standard output
  --keep        leave the run's folder (database, logs) where it is
exit code 0: no service crashed or grew by 50 MB (of 500,000 packets on), all are ready, an honest pump is heard · 1: a failure · 2: wrong use, or it could not run`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      packets: { type: 'string', default: '20000' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [packets, seed] = [Number(values.packets), Number(values.seed)];
  const wrong = !Number.isInteger(packets) || packets < 1 || !Number.isInteger(seed) || seed < 0;
  if (wrong || values.help) {
    process.stderr.write(`${usage}\n`);
    return wrong ? 2 : 0;
  }
  return proofRun('fuzz', values, (run) => runFuzz({ packets, seed, ...run }), fuzzReport);
}

process.exitCode = await exitCodeOf(main, usage);
