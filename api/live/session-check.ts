import { socketCheckMs } from '../sessions/limits.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { Screen } from './screen.ts';

/** Close code: sign in again. */
export const sessionEnded = 4401;

/** Cuts the screens of sessions that ended, wherever they were ended; a screen in use keeps its session alive. */
export async function cutEndedSessions(screens: ReadonlySet<Screen>, sessions: Sessions, now: number): Promise<void> {
  const since = now - 2 * socketCheckMs;
  const used = [...screens].filter(({ lastReceiptAt }) => lastReceiptAt !== null && lastReceiptAt > since);
  const hashes = [...new Set([...screens].map((screen) => screen.signedIn.sessionHash))];
  const good = await sessions.alive(hashes);
  for (const screen of screens) {
    const hash = screen.signedIn.sessionHash;
    const lives = good ? good.has(hash) : sessions.goodEnough(hash, now);
    if (!lives) screen.cut(sessionEnded, 'the session ended');
  }
  if (good && used.length > 0) await sessions.touch(used.map((screen) => screen.signedIn.sessionHash));
}
