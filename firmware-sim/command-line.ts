import { parseArgs } from 'node:util';
import * as z from 'zod';
import { Failure } from './failure.ts';

export const helpText = `usage: npm run sim -- fleet | replay FILE | scenario NAME [options]

  fleet            simulated pumps with a mix of home therapies
  replay FILE      real infusions from a CSV (firmware-sim/data/real-infusions/infusions.csv), then a check of what
                   the platform stored
  scenario NAME    labelled faults; scenario --list names them

  --pumps N            pumps (fleet 24, scenario 4)
  --speed X            1 = live; above 1 the past is replayed: history ends at now (replay: always as fast as it goes)
  --seed S             seed of everything random (1)
  --minutes M          stop after M minutes; with --speed above 1, minutes of history (60)
  --history HOURS      therapy that new pumps have behind them (2; 0 for more than 200 pumps)
  --alarm-rate X       times the published base rate of alarms (1)
  --sample-every S     replay: seconds between samples (300)
  --drain              make no new records, wait until everything is acknowledged, print the totals
  --api URL            (http://127.0.0.1:3000)
  --user U             (technician@demo.dripwatch)
  --password-file F    (demo-password in the platform's data directory)
  --broker URL         (mqtt://127.0.0.1:1883)
  --data-dir DIR       journals and credentials (sim in the platform's data directory)
  --prefix P           pump ids start with it (PUMP-, replay REAL-, scenario SCEN-)
  --truth FILE         log of every injected fault and alarm, one JSON object a line
  --history-log FILE   log of every journal write, acknowledgement and deletion, appended to, one JSON object a line
  --journal KIND       file, or memory for fleets too large for a disk (file)
  --fsync WHEN         append or close (close)
  --json               results as JSON on standard output
  --quiet              no progress
  --help

exit code 0: done · 1: could not be done, or the check found a difference · 2: wrong use or wrong input`;

const number = (expected: string, from: number, to: number) =>
  z
    .string()
    .regex(/^\d+(\.\d+)?$/, expected)
    .transform(Number)
    .refine((value) => value >= from && value <= to, expected);
const whole = (expected: string, from: number, to: number) =>
  number(expected, from, to).refine(Number.isInteger, expected);
const url = (pattern: RegExp, expected: string) => z.string().regex(pattern, expected);

const given = z.object({
  pumps: whole('a whole number from 1 to 100000', 1, 100_000).optional(),
  speed: number('a number from 1 to 1000000', 1, 1_000_000).optional(),
  seed: whole('a whole number', 0, 2 ** 31).default(1),
  minutes: number('a number of minutes', 0.01, 10_000_000).optional(),
  history: number('hours from 0 to 72', 0, 72).optional(),
  'alarm-rate': number('a number from 0 to 10000', 0, 10_000).default(1),
  'sample-every': whole('seconds from 1 to 86400', 1, 86_400).default(300),
  drain: z.boolean().default(false),
  api: url(/^https?:\/\//, 'a URL such as http://127.0.0.1:3000').default('http://127.0.0.1:3000'),
  user: z.string().min(1, 'an e-mail address').default('technician@demo.dripwatch'),
  'password-file': z.string().optional(),
  broker: url(/^mqtts?:\/\//, 'a URL such as mqtt://127.0.0.1:1883').optional(),
  'data-dir': z.string().optional(),
  prefix: z
    .string()
    .regex(/^(?!svc-)[A-Za-z0-9][A-Za-z0-9._-]{0,40}$/, 'letters, digits, dot, dash, underscore; not svc-…')
    .optional(),
  truth: z.string().optional(),
  'history-log': z.string().optional(),
  journal: z.enum(['file', 'memory'], { error: 'file or memory' }).default('file'),
  fsync: z.enum(['append', 'close'], { error: 'append or close' }).default('close'),
  json: z.boolean().default(false),
  quiet: z.boolean().default(false),
  list: z.boolean().default(false),
});

export type Options = z.infer<typeof given>;
export type CommandLine =
  | { command: 'help' }
  | { command: 'fleet'; options: Options }
  | { command: 'replay'; file: string; options: Options }
  | { command: 'scenario'; name: string | null; options: Options };

const flags = new Set(['drain', 'json', 'quiet', 'list', 'help']);

/** Reads the arguments. @throws Failure (exit code 2) naming the argument, what was given and what is expected */
export function readCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parse(args);
  if (values.help === true) return { command: 'help' };
  const read = given.safeParse(values);
  if (!read.success) {
    const issue = read.error.issues[0];
    const name = String(issue?.path[0] ?? '');
    throw new Failure(`--${name}: got ${JSON.stringify(values[name])}; expected ${issue?.message}`, 2);
  }
  const [command, argument, ...rest] = positionals;
  if (rest.length > 0) throw new Failure(`unexpected argument ${JSON.stringify(rest[0])}; see --help`, 2);
  const options = read.data;
  switch (command) {
    case 'fleet':
      if (argument !== undefined) throw new Failure(`fleet takes no argument; got ${JSON.stringify(argument)}`, 2);
      return { command, options };
    case 'replay':
      if (argument === undefined)
        throw new Failure('replay needs a FILE, such as firmware-sim/data/real-infusions/infusions.csv', 2);
      return { command, file: argument, options };
    case 'scenario':
      if (argument === undefined && !options.list)
        throw new Failure('scenario needs a NAME; scenario --list names them', 2);
      return { command, name: argument ?? null, options };
    case undefined:
      throw new Failure('what to do? fleet, replay FILE or scenario NAME; see --help', 2);
    default:
      throw new Failure(`unknown command ${JSON.stringify(command)}; expected fleet, replay or scenario`, 2);
  }
}

function parse(args: readonly string[]): { values: Record<string, unknown>; positionals: string[] } {
  const names = [...Object.keys(given.shape), 'help'];
  const options = Object.fromEntries(
    names.map((name) => [name, { type: flags.has(name) ? ('boolean' as const) : ('string' as const) }]),
  );
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    return { values, positionals };
  } catch (error) {
    // node:util words it well, but over several sentences.
    const words = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new Failure(`${words}; see --help`, 2);
  }
}
