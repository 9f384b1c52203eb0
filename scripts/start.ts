// npm start: the whole platform on this machine, until Ctrl-C.
import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { loadEnvFile } from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseStartArguments, type StartArguments, startHelp } from './supervisor/arguments.ts';
import { readSupervisorConfig, type SupervisorConfig } from './supervisor/config.ts';
import { type Platform, startPlatform } from './supervisor/platform.ts';
import { resetDataDir } from './supervisor/reset.ts';
import { calmly } from './supervisor/terminal-lines.ts';

const root = resolve(fileURLToPath(new URL('..', import.meta.url)));

/** A terminal and npm both deliver one Ctrl-C: what comes this soon after the first is the same one. */
const sameSignalMs = 1_000;

const say = calmly((line) => console.error(line), { everyMs: 10_000, now: Date.now });

try {
  const args = parseStartArguments(process.argv.slice(2));
  if (args.help) console.log(startHelp);
  else {
    if (existsSync('.env')) loadEnvFile('.env');
    await run(args, readSupervisorConfig(process.env));
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function run(args: StartArguments, config: SupervisorConfig): Promise<void> {
  if (args.reset) await reset(config);
  const giveUp = new AbortController();
  let stoppingSince: number | null = null;
  let platform: Platform | null = null;
  const stop = (signal: NodeJS.Signals) => {
    const now = Date.now();
    if (stoppingSince === null) {
      stoppingSince = now;
      if (signal !== 'SIGHUP') console.error('\nStopping …');
      giveUp.abort();
      platform?.close().then(finish, fail);
    } else if (now - stoppingSince > sameSignalMs && platform !== null) {
      console.error('Stopping at once.');
      platform.kill().then(finish, fail);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);

  try {
    platform = await startPlatform({ config, env: process.env, pumps: args.pumps, root, say, signal: giveUp.signal });
  } catch (error) {
    return giveUp.signal.aborted ? finish() : fail(error);
  }
  if (giveUp.signal.aborted) return platform.close().then(finish, fail);
  welcome(platform, args, config);
}

function finish(): void {
  console.error('Stopped.');
  process.exit(0);
}

function fail(error: unknown): void {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

async function reset(config: SupervisorConfig): Promise<void> {
  const { deleted, kept } = await resetDataDir(config.DATA_DIR);
  for (const path of deleted) console.error(`deleted ${shortPath(path)}`);
  for (const path of kept) console.error(`left alone ${shortPath(path)}`);
  if (config.DATABASE_URL !== undefined) console.error('left alone the database of DATABASE_URL');
}

/** A path as a person would type it here. */
function shortPath(path: string): string {
  const fromHere = relative('', path);
  return fromHere === '' || fromHere.startsWith('..') ? path : fromHere;
}

function welcome(platform: Platform, { pumps }: StartArguments, config: SupervisorConfig): void {
  const dataDir = shortPath(config.DATA_DIR);
  console.log(`
Dripwatch runs: ${platform.url}

  log in    clinician@demo.dripwatch
            also clinician2@, pharmacist@, pharmacist2@, technician@, admin@, auditor@
  password  ${platform.demo.password}

  ${pumps === 0 ? 'no simulated pumps' : `${pumps} simulated pump${pumps === 1 ? '' : 's'}`} · ${platform.databaseEngine} · data in ${dataDir} · logs in ${dataDir}/logs
  Demonstration data: NOT FOR CLINICAL USE. Ctrl-C stops everything.
`);
}
