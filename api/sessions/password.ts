import { hash, verify } from '@node-rs/argon2';

// OWASP's argon2id minimum: 19 MiB, two passes, one lane; about 20 ms of one core. The library's default is argon2id.
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Sign-ins verified at once; the rest wait, so that a storm of guesses can't take every core. */
const verificationsAtOnce = 2;
const longestQueue = 64;

export type Passwords = {
  hash(password: string): Promise<string>;
  /**
   * Costs the same whether the user exists or not: an unknown one is compared with a hash of nobody's password.
   * @returns null when too many wait already
   */
  matches(stored: string | null, password: string): Promise<boolean | null>;
};

export function createPasswords(): Passwords {
  let running = 0;
  const waiting: (() => void)[] = [];
  const nobodys = hash(crypto.randomUUID(), cost);

  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= verificationsAtOnce) await new Promise<void>((go) => waiting.push(go));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };

  return {
    hash: (password) => hash(password, cost),
    matches: async (stored, password) => {
      if (waiting.length >= longestQueue) return null;
      const against = stored ?? (await nobodys);
      const same = await inTurn(() => verify(against, password));
      return same && stored !== null;
    },
  };
}
