import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { type WatchState, watchState } from './watch-state.ts';

const kept = z.object({ savedAt: z.number(), state: watchState });
/** A watchdog that was away longer begins anew: it cannot say what happened meanwhile. */
const usableMs = 120_000;

/** The state that the process before us left, so that its restart pages nobody twice and a recovery is still told. */
export function readKeptState(file: string, now: number): WatchState {
  const fresh: WatchState = { at: 'starting', since: now };
  try {
    const found = kept.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    if (!found.success || found.data.state.at !== 'failing') return fresh;
    return Math.abs(now - found.data.savedAt) > usableMs ? fresh : found.data.state;
  } catch {
    // None, or half a file: then nothing is known.
    return fresh;
  }
}

export function keepState(file: string, state: WatchState, now: number): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, JSON.stringify({ savedAt: now, state }), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
