// A disk of the database's own: a file with a file system in it, which can be filled to the last block and held still.
// Needs Linux and root, for the mount; elsewhere these faults are named as not run.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

export type SmallDisk = {
  /** Again and again, every write waits for `stallMs`, as behind a disk that answers late; for about `ms` in all. */
  slow(ms: number, stallMs: number): Promise<void>;
  /** Takes all free space, and what becomes free, until `over` is fulfilled. */
  full(over: Promise<unknown>): Promise<void>;
  close(): Promise<void>;
};

const run = promisify(execFile);
/** Between two stalls of a slow disk. */
const betweenStallsS = 0.05;
const refillEveryMs = 100;
const blockBytes = 4_096;

/** Why there can be no such disk here, in words, or null. */
export function noSmallDisk(): string | null {
  if (process.platform !== 'linux') return 'only Linux can mount a small disk';
  if (process.getuid?.() !== 0) return 'mounting a small disk needs root';
  for (const [command, argument] of [
    ['mkfs.ext4', '-V'],
    ['fsfreeze', '--version'],
    ['fallocate', '--version'],
  ] as const) {
    try {
      execFileSync(command, [argument], { stdio: 'ignore' });
    } catch {
      return `${command} is not installed`;
    }
  }
  return null;
}

/**
 * Makes a file system in `image` and mounts it at `path`.
 * @throws Error where the system refuses
 */
export async function mountSmallDisk(image: string, path: string, megabytes: number): Promise<SmallDisk> {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  await run('truncate', ['-s', `${megabytes}M`, image]);
  // No blocks reserved for root: full means full for everybody.
  await run('mkfs.ext4', ['-q', '-m', '0', image]);
  await run('mount', ['-o', 'loop', image, path]);
  rmSync(join(path, 'lost+found'), { recursive: true });
  const ballast = join(path, 'ballast');

  const takeAll = async () => {
    const { bavail, bsize } = statfsSync(path);
    const file = openSync(ballast, 'a');
    try {
      const kept = 64 * blockBytes;
      const length = bavail * bsize - kept;
      // Space is reserved, not written: nothing of it reaches the real disk.
      if (length > 0) await run('fallocate', ['-x', '-l', `${length}`, `${ballast}-${Date.now()}`]).catch(() => {});
      const block = Buffer.alloc(blockBytes);
      for (let written = 0; written < 4 * kept; written += blockBytes) writeSync(file, block);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
    } finally {
      closeSync(file);
    }
  };

  return {
    async slow(ms, stallMs) {
      // A process of its own: the disk is let go even when this one is killed meanwhile.
      const stalls = Math.max(1, Math.round(ms / (stallMs + betweenStallsS * 1_000)));
      const script = `for n in $(seq ${stalls}); do fsfreeze -f "$0"; sleep ${stallMs / 1_000}; fsfreeze -u "$0"; sleep ${betweenStallsS}; done`;
      const child = spawn('sh', ['-c', script, path], { stdio: 'ignore', detached: true });
      await new Promise<void>((resolve, reject) => {
        child.once('error', reject);
        child.once('exit', () => resolve());
      });
    },
    async full(over) {
      let isOver = false;
      const told = over.finally(() => {
        isOver = true;
      });
      try {
        while (!isOver) {
          await takeAll();
          await Promise.race([told, pause(refillEveryMs)]);
        }
      } finally {
        await run('sh', ['-c', 'rm -f "$0"*', ballast]);
      }
    },
    async close() {
      // The last backends may still be leaving.
      for (let attempt = 1; ; attempt += 1) {
        const refused = await run('umount', [path]).then(
          () => null,
          (error: unknown) => error,
        );
        if (refused === null) break;
        if (attempt === 20) throw refused;
        await pause(250);
      }
      rmSync(image);
    },
  };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
