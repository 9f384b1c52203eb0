/** First and longest mean wait between attempts, milliseconds. */
export const reconnectMs = { first: 500, most: 10_000 } as const;

/**
 * Full jitter: anything from 0 to a ceiling that doubles with each failure, so that many screens never return at once.
 * @param failures attempts in a row that failed, from 1
 * @param random 0 ≤ r < 1
 */
export function reconnectDelayMs(failures: number, random: number): number {
  return random * Math.min(reconnectMs.most, reconnectMs.first * 2 ** Math.min(failures, 20));
}
