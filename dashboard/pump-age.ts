import type { Pump } from '#schemas/http/shapes.ts';

/** How often a pump reports, by its state (device-protocol.md): 10 s while delivering, 60 s otherwise. */
export function cadenceMs(state: string | null): number {
  return state === 'delivering' || state === 'kvo' ? 10_000 : 60_000;
}

/** Milliseconds since the pump's last sample, or null when there was none. */
export function sampleAgeMs(pump: Pump, now: number): number | null {
  return pump.lastSampleAt === null ? null : Math.max(0, now - Date.parse(pump.lastSampleAt));
}

/** Whether the numbers are older than three cadences: shown as last known. */
export function isLastKnown(pump: Pump, now: number): boolean {
  const age = sampleAgeMs(pump, now);
  return age === null || age > 3 * cadenceMs(pump.state) || pump.presence !== 'online';
}

/** Whether it pumps by its newest sample; null: there was none. What runs past a pump that stands, it does not know. */
export function isPumping({ state, lastSampleAt }: Pump): boolean | null {
  return state === null || lastSampleAt === null ? null : state === 'delivering' || state === 'kvo';
}

/**
 * When it runs out, ms: by its own sample, else as an alert foretold. Of a pump that stands nothing is foretold: what was
 * said when it still ran is not so any more.
 */
export function emptyAtOf(pump: Pump, foretold: number | null): number | null {
  return isPumping(pump) === false ? null : (predictedEmptyAt(pump) ?? foretold);
}

/** When the programme or the bag runs out if nothing changed since the last sample; null when that can't be said. */
export function predictedEmptyAt(pump: Pump): number | null {
  const running = pump.state === 'delivering' || pump.state === 'kvo';
  if (!running || pump.lastSampleAt === null || pump.rateMlPerH === null || pump.rateMlPerH <= 0) return null;
  const left = [pump.vtbiRemainingMl, pump.reservoirMl].filter((ml) => ml !== null);
  if (left.length === 0) return null;
  return Date.parse(pump.lastSampleAt) + (Math.min(...left) / pump.rateMlPerH) * 3_600_000;
}
