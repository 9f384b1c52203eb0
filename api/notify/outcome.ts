/** What became of one attempt to reach one method. Reasons are for people and hold no address and no secret. */
export type Outcome =
  | { at: 'taken'; providerId?: string }
  /** Tried again, after at least so long. */
  | { at: 'later'; because: string; afterMs?: number }
  /** Never by this method: what the method is makes it fail. */
  | { at: 'refused'; because: string }
  /** The device is no longer there. */
  | { at: 'gone'; because: string };

export const taken = (providerId?: string): Outcome => ({ at: 'taken', ...(providerId ? { providerId } : {}) });
export const refused = (because: string): Outcome => ({ at: 'refused', because });
export const gone = (because: string): Outcome => ({ at: 'gone', because });

/** @param retryAfter the header as it came: seconds or a date [RFC 9110, 10.2.3] */
export function later(because: string, retryAfter?: string | undefined, now = 0): Outcome {
  const afterMs = retryAfterMs(retryAfter, now);
  return { at: 'later', because, ...(afterMs === null ? {} : { afterMs }) };
}

function retryAfterMs(given: string | undefined, now: number): number | null {
  if (given === undefined) return null;
  if (/^\d{1,6}$/.test(given)) return Number(given) * 1000;
  const at = Date.parse(given);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
