// npm test [-- PATH…]: unit tests, then the integration tests on the embedded database and on every TimescaleDB that
// can be reached, then the browser tests. Says what it could not run and why.
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChromium } from './testing/chromium.ts';
import { timescaleSources } from './testing/databases.ts';
import { type Outcome, runVitest } from './testing/vitest-run.ts';

const root = resolve(fileURLToPath(new URL('..', import.meta.url)));
const filters = process.argv.slice(2);
if (filters.some((filter) => filter.startsWith('-'))) {
  console.log('npm test [-- PATH…]   runs all tests, or those in files whose path contains one of PATH');
  process.exit(filters.includes('--help') ? 0 : 1);
}
/** More failed files than this are a fault, not a slow moment. */
const mayBeUnsteady = 2;
const inCi = process.env.CI === 'true';
const { TEST_DATABASE_URL: _given, ...embeddedEnv } = process.env;
const outcomes: (Outcome & { what: string })[] = [];
const notRun: string[] = [];
const unsteady: string[] = [];

// A terminal's Ctrl-C ends the running tests; what was started for them is stopped here before this process ends.
let interrupted = false;
process.on('SIGINT', () => {
  interrupted = true;
});

async function run(what: string, project: string, env: NodeJS.ProcessEnv): Promise<void> {
  if (interrupted) return;
  console.log(`\n── ${what} ──`);
  const first = await runVitest(root, project, filters, env);
  const { failed, failedFiles } = first;
  // On a shared machine one slow moment must not refuse a whole day's work; a broken file fails again, alone, and one that
  // does not is named at the end.
  if (!inCi || failed === 0 || failedFiles.length === 0 || failedFiles.length > mayBeUnsteady || interrupted) {
    outcomes.push({ what, ...first });
    return;
  }
  console.log(`\n── ${what}: what failed, once more ──`);
  const again = await runVitest(root, project, failedFiles, env);
  if (again.failed === 0 && again.passed > 0)
    unsteady.push(...failedFiles.map((file) => `${what}: ${relative(root, file)}`));
  outcomes.push({ what, ...first, passed: first.passed + (again.failed === 0 ? failed : 0), failed: again.failed });
}

await run('unit', 'unit', embeddedEnv);
await run('integration, embedded PostgreSQL', 'integration', embeddedEnv);

let timescales = 0;
for (const source of timescaleSources(root, process.env)) {
  if (interrupted) break;
  const server = await source.open();
  if ('missing' in server) {
    notRun.push(`integration, ${source.name}: ${server.missing}`);
    continue;
  }
  try {
    timescales += 1;
    await run(`integration, ${source.name}`, 'integration', { ...process.env, TEST_DATABASE_URL: server.url });
  } finally {
    await server.close();
  }
}

const chromium = findChromium(process.env);
if (chromium === null) notRun.push('browser: no Chromium found (set CHROMIUM_PATH, or install Debian’s chromium)');
else await run('browser', 'browser*', { ...embeddedEnv, CHROMIUM_PATH: chromium });

console.log('');
const total = { passed: 0, failed: 0, skipped: 0 };
for (const { what, passed, failed, skipped, skippedNames } of outcomes) {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
  console.log(`${what}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
  for (const name of skippedNames) notRun.push(`${what}: ${name} (skipped by the test itself)`);
}
if (notRun.length > 0) console.log(`\nCould not run here:\n${notRun.map((line) => `  ${line}`).join('\n')}`);
if (unsteady.length > 0) {
  console.log(
    `\nUNSTEADY: failed, then passed when run again alone:\n${unsteady.map((line) => `  ${line}`).join('\n')}`,
  );
}
if (inCi && timescales === 0) {
  console.log('\nCI must test on a real TimescaleDB, and none was reached.');
  total.failed += 1;
}
if (inCi && chromium === null) {
  console.log('\nCI must run the browser tests.');
  total.failed += 1;
}
if (interrupted) console.log('\nInterrupted: not everything was run.');
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 || interrupted || total.passed === 0 ? 1 : 0;
