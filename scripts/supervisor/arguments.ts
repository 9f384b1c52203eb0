export interface StartArguments {
  /** Simulated pumps to run; 0 with --no-sim. */
  pumps: number;
  reset: boolean;
  help: boolean;
}

export const startHelp = `npm start -- [options]

  Starts the database, broker, ingest, api with the dashboard, simulated pumps, and the watchdog. Ctrl-C stops
  all of it; data stays in DATA_DIR (default .data).

  --pumps N   how many simulated pumps (default 24, at most 5000)
  --no-sim    no simulated pumps
  --reset     deletes the data of earlier runs first, and says what
  --help      this text

  Settings come from the environment and from .env; .env.example names them all.`;

/**
 * Reads the command line of `npm start`.
 *
 * @throws Error with one line for a person
 */
export function parseStartArguments(args: readonly string[]): StartArguments {
  let pumps: number | null = null;
  let noSim = false;
  let reset = false;
  let help = false;
  for (let at = 0; at < args.length; at += 1) {
    const [name, inline] = (args[at] ?? '').split(/=(.*)/s, 2);
    if (name === '--pumps') {
      const value = inline ?? args[++at] ?? '';
      pumps = /^\d{1,4}$/.test(value) ? Number(value) : -1;
      if (pumps < 1 || pumps > 5000) throw new Error(`--pumps: got “${value}”; expected a number from 1 to 5000`);
    } else if (inline !== undefined) throw new Error(`${name} takes no value; see npm start -- --help`);
    else if (name === '--no-sim') noSim = true;
    else if (name === '--reset') reset = true;
    else if (name === '--help' || name === '-h') help = true;
    else throw new Error(`unknown argument “${name}”; see npm start -- --help`);
  }
  if (noSim && pumps !== null) throw new Error('--no-sim and --pumps contradict each other');
  return { pumps: noSim ? 0 : (pumps ?? 24), reset, help };
}
