import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.ts';

/**
 * Makes sure that these journals have one writer. Two simulators with the same pumps would also throw each other off
 * the broker without end.
 * @returns releases the lock
 * @throws Failure naming the process that holds it
 */
export function lockPumps(dataDir: string, prefix: string): () => void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, `${prefix}lock`);
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const holder = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
    if (holder > 0 && holder !== process.pid && isRunning(holder)) {
      throw new Failure(
        `process ${holder} already runs the pumps ${prefix}… of ${dataDir}; choose others with --prefix or --data-dir`,
      );
    }
    rmSync(file, { force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
