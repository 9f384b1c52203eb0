import { ForbiddenAddress } from './outbound.ts';
import { later, type Outcome, refused } from './outcome.ts';

/** A request that got no answer, in words without the address that it went to. */
export function failureOf(error: unknown, whom: string): Outcome {
  if (error instanceof ForbiddenAddress) return refused(`not sent: ${error.message}`);
  const name = error instanceof Error ? error.name : '';
  if (name === 'TimeoutError' || name === 'AbortError') return later(`${whom} did not answer in time`);
  const code = error instanceof Error && 'code' in error ? String(error.code) : name;
  return later(`${whom} can’t be reached (${code})`);
}
