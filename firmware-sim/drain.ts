import type { Context } from './context.ts';
import type { Device } from './device.ts';
import { type Totals, totalsOf } from './fleet.ts';

/** Waits until a condition holds or the signal comes. @returns whether it holds */
export async function until(condition: () => boolean, signal: AbortSignal, everyMs = 100): Promise<boolean> {
  while (!condition()) {
    if (signal.aborted) return false;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, everyMs);
      function done() {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      }
      signal.addEventListener('abort', done);
    });
  }
  return true;
}

/** Waits until everything is acknowledged, showing how far it is. @returns the totals at the end */
export async function drain(devices: readonly Device[], context: Context): Promise<Totals> {
  await until(() => {
    const totals = totalsOf(devices);
    const trouble = devices.find((device) => device.link.trouble)?.link.trouble;
    context.progress.show(
      `acknowledged ${totals.acknowledged} of ${totals.journaled} records, ${totals.connected} of ${totals.pumps} pumps connected${trouble ? ` (${trouble})` : ''}`,
    );
    return totals.acknowledged >= totals.journaled;
  }, context.signal);
  return totalsOf(devices);
}

/** The line that tests and people look for. */
export function totalsLine(totals: Totals): string {
  return `records journaled = ${totals.journaled}, acknowledged = ${totals.acknowledged}`;
}
