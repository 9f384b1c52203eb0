// npm run prove: single promises shown on the real platform, each by a command of its own.
import { parseArgs } from 'node:util';
import { proveBacklog, usualBacklog } from '../tests/prove/backlog.ts';
import { proveDatabaseOff, usualDatabaseOff } from '../tests/prove/database-off.ts';
import { proveEscalation, usualEscalation } from '../tests/prove/escalation.ts';
import { proveFrozen, usualFrozen } from '../tests/prove/frozen.ts';
import { proveLibraryRollout, usualLibraryRollout } from '../tests/prove/library-rollout.ts';
import { proveLimitReplay, usualLimitReplay } from '../tests/prove/limit-replay.ts';
import { proveLongJournal, usualLongJournal } from '../tests/prove/long-journal.ts';
import { provePoison, usualPoison } from '../tests/prove/poison.ts';
import { type ProofResult, resultText } from '../tests/prove/result.ts';
import { onStage, type ProofContext, type Stage } from '../tests/prove/stage.ts';
import { exitCodeOf, proofRun, WrongUse } from './testing/proof-run.ts';

const usage = `npm run prove -- NAME [options] [--json] [--keep]
  backlog        [--records N] [--pumps N]  a backlog drains while live pumps raise alarms
  database-off   [--minutes M] [--pumps N]  the database is away under a fleet
  long-journal   [--hours H]                a pump comes back with everything since then in its journal
  frozen         [--pumps N]                a pump and a browser stop reading while others go on
  escalation     [--minutes M] [--alerts N] what asks people is killed at random under many alerts
  poison         [--batches N] [--pumps N]  a bad record in each batch, among good ones
  library-rollout [--pumps N]               a drug library to a fleet, canaries first, while pumps lose their power
  limit-replay   [--programmes N]           a draft library against every stored programme, and the live rule beside it
  --json         the result as JSON on standard output
  --keep         leave the run's folder (database, logs) where it is
exit code 0: proven · 1: not proven · 2: wrong use, or it could not run`;

type Given = { number(name: string, usual: number): number };
type Proof = {
  options: readonly string[];
  run(given: Given, stage: Stage, context: ProofContext): Promise<ProofResult>;
};

const proofs: Readonly<Record<string, Proof>> = {
  backlog: {
    options: ['records', 'pumps'],
    run: (given, stage, context) =>
      proveBacklog(
        {
          ...usualBacklog,
          records: given.number('records', usualBacklog.records),
          pumps: given.number('pumps', usualBacklog.pumps),
        },
        stage,
        context,
      ),
  },
  'database-off': {
    options: ['minutes', 'pumps'],
    run: (given, stage, context) =>
      proveDatabaseOff(
        {
          ...usualDatabaseOff,
          minutes: given.number('minutes', usualDatabaseOff.minutes),
          pumps: given.number('pumps', usualDatabaseOff.pumps),
        },
        stage,
        context,
      ),
  },
  'long-journal': {
    options: ['hours'],
    run: (given, stage, context) =>
      proveLongJournal({ ...usualLongJournal, hours: given.number('hours', usualLongJournal.hours) }, stage, context),
  },
  frozen: {
    options: ['pumps'],
    run: (given, stage, context) =>
      proveFrozen({ ...usualFrozen, pumps: given.number('pumps', usualFrozen.pumps) }, stage, context),
  },
  escalation: {
    options: ['minutes', 'alerts'],
    run: (given, stage, context) =>
      proveEscalation(
        {
          ...usualEscalation,
          minutes: given.number('minutes', usualEscalation.minutes),
          alerts: given.number('alerts', usualEscalation.alerts),
        },
        stage,
        context,
      ),
  },
  poison: {
    options: ['batches', 'pumps'],
    run: (given, stage, context) =>
      provePoison(
        {
          ...usualPoison,
          batches: given.number('batches', usualPoison.batches),
          pumps: given.number('pumps', usualPoison.pumps),
        },
        stage,
        context,
      ),
  },
  'library-rollout': {
    options: ['pumps'],
    run: (given, stage, context) =>
      proveLibraryRollout(
        { ...usualLibraryRollout, pumps: given.number('pumps', usualLibraryRollout.pumps) },
        stage,
        context,
      ),
  },
  'limit-replay': {
    options: ['programmes'],
    run: (given, stage, context) =>
      proveLimitReplay(
        { ...usualLimitReplay, programmes: given.number('programmes', usualLimitReplay.programmes) },
        stage,
        context,
      ),
  },
};

function read() {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      records: text,
      pumps: text,
      batches: text,
      hours: text,
      minutes: text,
      alerts: text,
      programmes: text,
      json: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { json, keep, help, ...numbers } = values;
  if (help) return { help, json, keep, proof: null, given: null };
  const [name = '', ...more] = positionals;
  const proof = Object.hasOwn(proofs, name) ? proofs[name] : undefined;
  if (!proof || more.length > 0) {
    throw new WrongUse(`got ${positionals.join(' ') || 'no name'}; expected one of ${Object.keys(proofs).join(', ')}`);
  }
  const foreign = Object.keys(numbers).find((option) => !proof.options.includes(option));
  if (foreign) throw new WrongUse(`--${foreign} is no option of ${name}`);
  const given: Given = {
    number(option, usual) {
      const said = Object.entries(numbers).find(([known]) => known === option)?.[1];
      const value = said === undefined ? usual : Number(said);
      if (!(value > 0)) throw new WrongUse(`--${option}: got ${said}; expected a number above 0`);
      return value;
    },
  };
  return { help, json, keep, proof, given };
}

async function main(): Promise<number> {
  const { help, json, keep, proof, given } = read();
  if (help || !proof || !given) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  return proofRun('prove', { json, keep }, (run) => onStage(run, (stage) => proof.run(given, stage, run)), resultText);
}

process.exitCode = await exitCodeOf(main, usage);
