import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';

const report = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});

export interface Outcome {
  passed: number;
  failed: number;
  skipped: number;
  /** Names of the tests that were skipped. */
  skippedNames: string[];
  /** Paths of the files in which something failed. */
  failedFiles: string[];
}

/**
 * Runs one of vitest's projects, with its output on the terminal.
 *
 * @param filters paths that test files must contain one of; empty for all
 */
export async function runVitest(
  root: string,
  project: string,
  filters: string[],
  env: NodeJS.ProcessEnv,
): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'dripwatch-report-'));
  const file = join(folder, 'report.json');
  try {
    const args = ['run', '--project', project, '--passWithNoTests', '--reporter=default', '--reporter=json'];
    const vitest = spawn(
      process.execPath,
      [join(root, 'node_modules/vitest/vitest.mjs'), ...args, `--outputFile.json=${file}`, ...filters],
      { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] },
    );
    const code = await new Promise<number | null>((resolve, reject) => {
      vitest.once('error', reject);
      vitest.once('close', resolve);
    });
    return readOutcome(file, code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readOutcome(file: string, code: number | null): Outcome {
  if (!existsSync(file))
    return { passed: 0, failed: code === 0 ? 0 : 1, skipped: 0, skippedNames: [], failedFiles: [] };
  const read = report.parse(JSON.parse(readFileSync(file, 'utf8')));
  // A file that could not be loaded fails without a test of its own.
  const brokenFiles = read.testResults.filter(
    (one) => one.status === 'failed' && one.assertionResults.every((test) => test.status !== 'failed'),
  ).length;
  const failed = read.numFailedTests + brokenFiles;
  const skippedNames = read.testResults.flatMap((one) =>
    one.assertionResults
      .filter(({ status }) => status !== 'passed' && status !== 'failed')
      .map(({ fullName }) => fullName),
  );
  return {
    passed: read.numPassedTests,
    // An error outside of every test fails the run too.
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: read.numPendingTests + read.numTodoTests,
    skippedNames,
    failedFiles: read.testResults.filter(({ status }) => status === 'failed').map(({ name }) => name),
  };
}
