import type { Readiness } from './judge.ts';

const answerWithinMs = 4_000;

/** Asks a service's `/readyz`. Never throws: that nobody answers is the answer. */
export async function askReadiness(baseUrl: string): Promise<Readiness> {
  const url = new URL('readyz', baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`);
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(answerWithinMs), redirect: 'error' });
    return { answered: true, ok: response.ok, body: parse(await response.text()) };
  } catch (error) {
    return { answered: false, why: reasonOf(error) };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { status: text };
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `nothing within ${answerWithinMs / 1000} s`;
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.message;
}
