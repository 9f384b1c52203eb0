// Mutations of bytes and of JSON values, drawn from a seed.
import { draw, type Seeded } from '../../../firmware-sim/random.ts';

export const chance = (seeded: Seeded, probability: number) => draw(seeded) < probability;
/** A whole number from 0 to below `n`. */
export const below = (seeded: Seeded, n: number) => Math.floor(draw(seeded) * n);

export function oneOf<T>(seeded: Seeded, of: readonly T[]): T {
  const value = of[below(seeded, of.length)];
  if (value === undefined) throw new RangeError('nothing to choose from');
  return value;
}

export function randomBytes(seeded: Seeded, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => below(seeded, 256)));
}

const lengths = [0, 1, 2, 0x7f, 0x80, 0xff] as const;

/** The same bytes after one to four small changes. */
export function mutateBytes(seeded: Seeded, given: Buffer): Buffer {
  let bytes = given;
  for (let left = 1 + below(seeded, 4); left > 0; left -= 1) {
    const at = below(seeded, bytes.length + 1);
    const before = bytes.subarray(0, at);
    switch (below(seeded, 7)) {
      case 0: {
        const changed = Buffer.from(bytes);
        if (at < changed.length) changed[at] = (changed[at] ?? 0) ^ (1 << below(seeded, 8));
        bytes = changed;
        break;
      }
      case 1:
        bytes = Buffer.concat([before, randomBytes(seeded, 1 + below(seeded, 8)), bytes.subarray(at)]);
        break;
      case 2:
        bytes = Buffer.concat([before, bytes.subarray(at + 1 + below(seeded, 8))]);
        break;
      case 3:
        bytes = before;
        break;
      case 4:
        bytes = Buffer.concat([bytes, bytes.subarray(at, at + 64)]);
        break;
      case 5: {
        const changed = Buffer.from(bytes);
        if (at < changed.length) changed[at] = oneOf(seeded, lengths);
        bytes = changed;
        break;
      }
      default: {
        // The second byte of a packet says how long it is.
        const changed = Buffer.from(bytes);
        if (changed.length > 1) changed[1] = below(seeded, 256);
        bytes = changed;
      }
    }
  }
  return bytes;
}

const strange: readonly unknown[] = [
  null,
  true,
  '',
  'x'.repeat(5_000),
  '\u0000',
  '\ud800',
  '__proto__',
  "'; drop table alert; --",
  0,
  -1,
  0.1,
  1e308,
  -1e308,
  2 ** 31,
  2 ** 53,
  2 ** 53 + 2,
  [],
  {},
  [[]],
  '1970-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999999999+14:00',
  '2026-13-45T99:99:99Z',
];

/** The same value with one to three places changed, taken away or added. */
export function mutateValue(seeded: Seeded, given: unknown): unknown {
  let value = given;
  for (let left = 1 + below(seeded, 3); left > 0; left -= 1) value = mutateOnce(seeded, value, 0);
  return value;
}

function mutateOnce(seeded: Seeded, value: unknown, depth: number): unknown {
  if (depth > 6 || chance(seeded, 0.15)) return strangeValue(seeded);
  if (Array.isArray(value)) {
    const items: unknown[] = [...value];
    const at = below(seeded, items.length + 1);
    const way = draw(seeded);
    if (items.length === 0 || way < 0.1) items.splice(at, 0, strangeValue(seeded));
    else if (way < 0.2) items.splice(at, 1);
    else if (way < 0.3) items.push(...items);
    else items[at % items.length] = mutateOnce(seeded, items[at % items.length], depth + 1);
    return items;
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    const at = below(seeded, entries.length + 1);
    const [name] = entries[at] ?? [];
    if (name === undefined)
      return { ...value, [oneOf(seeded, ['extra', '__proto__', 'kind', 'seq'])]: strangeValue(seeded) };
    if (chance(seeded, 0.15)) return Object.fromEntries(entries.filter(([key]) => key !== name));
    return Object.fromEntries(
      entries.map(([key, child]) => [key, key === name ? mutateOnce(seeded, child, depth + 1) : child]),
    );
  }
  if (typeof value === 'number' && chance(seeded, 0.5))
    return oneOf(seeded, [value + 1, -value, value * 1e6, value / 3]);
  return strangeValue(seeded);
}

/** Stands for brackets that no recursive writer could write. */
const bottomless = 'as deep as a message is long';

function strangeValue(seeded: Seeded): unknown {
  if (chance(seeded, 0.03)) return bottomless;
  if (chance(seeded, 0.03)) return nested(100 + below(seeded, 900));
  return oneOf(seeded, strange);
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let left = depth; left > 0; left -= 1) value = left % 2 === 0 ? [value] : { a: value };
  return value;
}

/** JSON of a mutated value; now and then its bytes are mutated too. */
export function mutatedJson(seeded: Seeded, value: unknown): Buffer {
  // Deeper than a recursive reader's stack.
  if (chance(seeded, 0.01)) return Buffer.from(oneOf(seeded, ['[', '{"a":']).repeat(below(seeded, 10_000)));
  const depth = 1_000 + below(seeded, 29_000);
  const text = (JSON.stringify(mutateValue(seeded, value)) ?? 'null').replace(
    JSON.stringify(bottomless),
    `${'['.repeat(depth)}${']'.repeat(depth)}`,
  );
  const bytes = Buffer.from(text);
  return chance(seeded, 0.2) ? mutateBytes(seeded, bytes) : bytes;
}
