import fc from 'fast-check';
import { expect, test } from 'vitest';
import { acceptSeq, type Cursor, declareGone, missingRanges, newCursor } from './cursor.ts';

// Two workers, one of them always mistaken about owning the shard, over a store that knows only what the database knows:
// a fence for the shard, a version for each journal. Held against sets, which know no cursor.

/** Histories per property; 10,000 with LONG_TESTS=1. */
const runs = process.env.LONG_TESTS === '1' ? 10_000 : 300;
const epochs = 3;
const lastSeq = 30;

type Kept = { version: number; cursor: Cursor };
type Memory = { fence: number; journals: Map<number, Kept> };
type Item = { seq: number } | { from: number; to: number };
/** What a transaction writes: records one by one, and holes that it declares gone. */
type Transaction = {
  fence: number;
  epoch: number;
  expected: number;
  cursor: Cursor;
  records: number[];
  gone: number[];
  recovered: number[];
};

/** The database: everything in it was committed. */
class Store {
  fence = 0;
  owner = 0;
  journals = new Map<number, Kept>();
  /** How often each record stands there, by epoch and seq. */
  records = new Map<string, number>();
  /** Declared gone and never arrived. */
  gone = new Set<string>();
  /** A transaction that has begun and whose worker is no longer heard: it holds the shard's row. */
  open: Transaction | null = null;

  take(worker: number): Memory {
    this.owner = worker;
    this.fence += 1;
    return { fence: this.fence, journals: structuredClone(this.journals) };
  }

  /** False when somebody else owns the shard or wrote the journal: nothing is written. */
  commit(transaction: Transaction): boolean {
    const { epoch, fence, expected, cursor, records, gone, recovered } = transaction;
    if (fence !== this.fence || (this.journals.get(epoch)?.version ?? 0) !== expected) return false;
    for (const seq of records) {
      const key = `${epoch} ${seq}`;
      this.records.set(key, (this.records.get(key) ?? 0) + 1);
    }
    for (const seq of gone) this.gone.add(`${epoch} ${seq}`);
    for (const seq of recovered) this.gone.delete(`${epoch} ${seq}`);
    this.journals.set(epoch, { version: expected + 1, cursor: structuredClone(cursor) });
    return true;
  }
}

/** As a worker does it: cursor first, then what is new goes into one transaction. */
function build(memory: Memory, epoch: number, items: readonly Item[]): Transaction {
  const kept = memory.journals.get(epoch) ?? { version: 0, cursor: newCursor() };
  memory.journals.set(epoch, kept);
  const { version: expected, cursor } = kept;
  const records: number[] = [];
  const gone: number[] = [];
  const recovered: number[] = [];
  for (const item of items) {
    if ('seq' in item) {
      const outcome = acceptSeq(cursor, item.seq);
      if (outcome === 'new' || outcome === 'recovered') records.push(item.seq);
      if (outcome === 'recovered') recovered.push(item.seq);
    } else {
      for (const [from, to] of declareGone(cursor, item.from, item.to)) {
        for (let seq = from; seq <= to; seq += 1) gone.push(seq);
      }
    }
  }
  return { fence: memory.fence, epoch, expected, cursor, records, gone, recovered };
}

const seq = fc.integer({ min: 1, max: lastSeq });
const item: fc.Arbitrary<Item> = fc.oneof(
  { weight: 9, arbitrary: fc.record({ seq }) },
  { weight: 1, arbitrary: fc.tuple(seq, fc.integer({ min: 0, max: 5 })).map(([from, n]) => ({ from, to: from + n })) },
);
const worker = fc.constantFrom(0, 1);
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('deliver' as const),
      worker,
      epoch: fc.integer({ min: 0, max: epochs - 1 }),
      // In any order, with any repetition.
      items: fc.array(item, { minLength: 1, maxLength: 12 }),
      answer: fc.constantFrom('committed', 'rolled-back', 'unanswered', 'hanging'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('expire' as const), worker }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const), worker }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('settle' as const), commits: fc.boolean() }) },
);

test('two workers that fight for a shard store each record once, acknowledge nothing that is not stored, and lose nothing', {
  timeout: runs * 60,
}, () => {
  let acknowledgements = 0;
  let refused = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.boolean(), (steps, late) => {
      const store = new Store();
      const memories: (Memory | null)[] = [store.take(0), null];
      /** By epoch: everything that the pump was told is committed. */
      const acknowledged = new Map<number, number>();
      /** By epoch: everything that was ever sent or declared gone. */
      const sent = new Map<number, Set<number>>();

      const settle = (commits: boolean) => {
        const { open } = store;
        store.open = null;
        if (open && commits) store.commit(open);
      };
      /** Loads again under a new fence; waits for the shard's row. Null when another worker owns it. */
      const reload = (who: number): Memory | null => {
        if (store.owner !== who) return null;
        settle(late);
        return store.take(who);
      };
      const deliver = (who: number, epoch: number, items: readonly Item[], answer: string): boolean => {
        const memory = memories[who] ?? reload(who);
        memories[who] = memory;
        if (!memory) return false;
        const transaction = build(memory, epoch, items);
        // Its first statement asks for the shard's row under its fence.
        if (memory.fence !== store.fence || store.open) {
          refused += 1;
          memories[who] = null;
          return false;
        }
        if (answer === 'hanging') store.open = structuredClone(transaction);
        const isIn = (answer === 'committed' || answer === 'unanswered') && store.commit(transaction);
        if (answer !== 'committed' || !isIn) {
          // The outcome is unknown: what is remembered is not to be trusted.
          memories[who] = null;
          return false;
        }
        const kept = memory.journals.get(epoch);
        if (kept) kept.version += 1;
        const { cursor } = transaction;
        // An acknowledgement says what the database holds, never more.
        for (let n = 1; n <= cursor.upTo; n += 1) {
          expect(store.records.has(`${epoch} ${n}`) || store.gone.has(`${epoch} ${n}`)).toBe(true);
        }
        for (const [from, to] of missingRanges(cursor)) {
          for (let n = from; n <= to; n += 1) expect(store.records.has(`${epoch} ${n}`)).toBe(false);
        }
        expect(cursor.upTo).toBeGreaterThanOrEqual(acknowledged.get(epoch) ?? 0);
        acknowledged.set(epoch, cursor.upTo);
        acknowledgements += 1;
        return true;
      };

      for (const given of steps) {
        if (given.do === 'deliver') {
          const upTo = acknowledged.get(given.epoch) ?? 0;
          const known = sent.get(given.epoch) ?? new Set();
          sent.set(given.epoch, known);
          // A pump deletes what is acknowledged, and sends the rest as often as it likes.
          const items = given.items.filter((one) => ('seq' in one ? one.seq : one.from) > upTo);
          for (const one of items) if ('seq' in one) known.add(one.seq);
          deliver(given.worker, given.epoch, items, given.answer);
        } else if (given.do === 'expire') {
          // The former owner does not know, and goes on from its memory. A locked row is not taken over.
          if (!store.open && store.owner !== given.worker) memories[given.worker] = store.take(given.worker);
        } else if (given.do === 'crash') memories[given.worker] = null;
        else settle(given.commits);
        for (const times of store.records.values()) expect(times).toBe(1);
      }

      // At last everything is quiet, and the pump sends what it still holds to whoever owns the shard.
      settle(late);
      for (const [epoch, seqs] of sent) {
        const items = [...seqs].filter((n) => n > (acknowledged.get(epoch) ?? 0)).map((n) => ({ seq: n }));
        let done = false;
        for (let attempt = 0; attempt < 3 && !done; attempt += 1)
          done = deliver(store.owner, epoch, items, 'committed');
        expect(done).toBe(true);
        for (const n of seqs) {
          const held = store.records.get(`${epoch} ${n}`) ?? 0;
          // Once, or declared gone by the pump before it was acknowledged.
          expect(held === 1 || store.gone.has(`${epoch} ${n}`)).toBe(true);
        }
        expect(naiveUpTo(store, epoch)).toBe(store.journals.get(epoch)?.cursor.upTo);
      }
    }),
    { numRuns: runs },
  );
  // A run in which nobody was told anything, or nobody fought, would prove nothing.
  expect(acknowledgements).toBeGreaterThan(runs / 2);
  expect(refused).toBeGreaterThan(runs / 50);
});

function naiveUpTo(store: Store, epoch: number): number {
  let n = 0;
  while (store.records.has(`${epoch} ${n + 1}`) || store.gone.has(`${epoch} ${n + 1}`)) n += 1;
  return n;
}
