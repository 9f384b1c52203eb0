/** Failures an account may collect in `windowMs` before it has to wait; success does not erase them. */
const limits = { perAccount: 10, windowMs: 15 * 60_000, accounts: 10_000 } as const;

export type FailedSignIns = {
  /** Seconds to wait before this account may try again; 0: now. */
  waitS(account: string, now: number): number;
  failed(account: string, now: number): void;
};

/**
 * Counts failed sign-ins per account, in memory: a restart forgets, an attacker can't cause one. The oldest accounts
 * are forgotten first, so that guessed names can't fill the memory.
 */
export function createFailedSignIns(): FailedSignIns {
  const failures = new Map<string, number[]>();
  const recent = (account: string, now: number) =>
    (failures.get(account) ?? []).filter((at) => now - at < limits.windowMs);
  return {
    waitS: (account, now) => {
      const times = recent(account, now);
      const oldest = times[0];
      if (times.length < limits.perAccount || oldest === undefined) return 0;
      return Math.max(1, Math.ceil((oldest + limits.windowMs - now) / 1000));
    },
    failed: (account, now) => {
      const times = [...recent(account, now), now].slice(-limits.perAccount);
      failures.delete(account);
      failures.set(account, times);
      const oldest = failures.keys().next().value;
      if (failures.size > limits.accounts && oldest !== undefined) failures.delete(oldest);
    },
  };
}
