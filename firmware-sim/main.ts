import { ConfigError } from '#schemas/config.ts';
import { helpText, readCommandLine } from './command-line.ts';
import { readSimConfig } from './config.ts';
import type { Context } from './context.ts';
import { Failure } from './failure.ts';
import { newProgress } from './progress.ts';
import { runFleet } from './run-fleet.ts';
import { runReplay } from './run-replay.ts';
import { runScenario } from './run-scenario.ts';

const stop = new AbortController();
const tell = (text: string) => process.stderr.write(`${text}\n`);

for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => {
    stop.abort(new Error('stopped'));
    // Journals are whole after every append; a link that hangs must not hold the process.
    setTimeout(() => process.exit(0), 1_800).unref();
  });
}

// `… | head` has read enough: that is no fault.
process.stdout.on('error', (error) => {
  if ('code' in error && error.code === 'EPIPE') process.exit(0);
  throw error;
});

async function run(): Promise<number> {
  const line = readCommandLine(process.argv.slice(2));
  if (line.command === 'help') {
    process.stdout.write(`${helpText}\n`);
    return 0;
  }
  const context: Context = {
    options: line.options,
    config: readSimConfig(process.env),
    progress: newProgress(process.stderr, line.options.quiet, () => Date.now()),
    print: (text) => process.stdout.write(`${text}\n`),
    signal: stop.signal,
    onError: (error) => tell(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  };
  switch (line.command) {
    case 'fleet':
      return runFleet(context);
    case 'replay':
      return runReplay(line.file, context);
    case 'scenario':
      return runScenario(line.name, context);
  }
}

try {
  process.exitCode = await run();
} catch (error) {
  if (stop.signal.aborted) process.exitCode = 0;
  else if (error instanceof Failure) {
    tell(error.message);
    process.exitCode = error.exitCode;
  } else if (error instanceof ConfigError) {
    tell(error.message);
    process.exitCode = 2;
  } else {
    tell(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exitCode = 1;
  }
}
