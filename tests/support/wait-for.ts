import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits until a condition holds and returns its value: anything but false, null and undefined counts as holding. A
 * condition that throws is tried again, and its last error is part of the message when the time is over.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  {
    timeoutMs = 10_000,
    everyMs = 20,
    what = 'the condition',
  }: { timeoutMs?: number; everyMs?: number; what?: string | (() => string) } = {},
): Promise<Exclude<T, false | null | undefined>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    let problem: unknown;
    try {
      const value = await condition();
      if (holds(value)) return value;
    } catch (error) {
      problem = error;
    }
    if (Date.now() >= deadline) {
      // A function is asked now: what was heard by the end, not what was known when the waiting began.
      const words = typeof what === 'string' ? what : what();
      throw new Error(`waited ${timeoutMs} ms for ${words}`, problem === undefined ? {} : { cause: problem });
    }
    await delay(everyMs);
  }
}

function holds<T>(value: T): value is Exclude<T, false | null | undefined> {
  return value !== false && value !== null && value !== undefined;
}
