/**
 * Requests a URL whose owner raises an alarm when the requests stop: who watches the watchdog.
 * @returns null, or why it was not reached
 */
export async function sendPing(url: string): Promise<string | null> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return response.ok ? null : `it answered ${response.status}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
