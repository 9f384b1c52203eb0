import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { type GoneText, type Journal, type NewRecord, openJournal } from './journal.ts';
import { fileStore, memoryStore } from './store.ts';

const epoch = '8f0c2a6d11b94e37';
const goneText: GoneText = ([from, to], reason, seq) => JSON.stringify({ seq, kind: 'gone', from, to, reason });

let path: string;
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'dripwatch-journal-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  path = join(folder, 'PUMP-0001.journal');
});

const open = (capacity = 1_000): Journal => openJournal(fileStore(path, 'close'), { capacity }, () => epoch);
const record = (kind: NewRecord['kind'] = 'sample'): NewRecord => ({ kind, text: (seq) => `{"seq":${seq}}` });
const write = (journal: Journal, count: number, state: unknown = null, kind: NewRecord['kind'] = 'sample') =>
  journal.append(
    Array.from({ length: count }, () => record(kind)),
    state,
    goneText,
  );
const seqs = (journal: Journal) => journal.entries().map(({ seq }) => seq);

test('records are numbered without gaps and are there again after a restart, with the state after them', () => {
  const first = open();
  write(first, 2, { t: 1 });
  write(first, 1, { t: 2 });
  first.nextBoot();
  const second = open();
  expect(seqs(second)).toEqual([1, 2, 3]);
  expect(second).toMatchObject({ epoch, last: 3, upTo: 0, boot: 1, state: { t: 2 } });
  expect(second.entries()[2]).toMatchObject({ kind: 'sample', text: '{"seq":3}', sentAt: 0 });
});

test('only what is acknowledged is deleted, and numbers go on after a restart with an empty journal', () => {
  const first = open();
  write(first, 5);
  expect(first.acknowledge(3)).toBe(3);
  expect(first.acknowledge(2)).toBe(0);
  expect(first.acknowledge(99)).toBe(0);
  expect(seqs(first)).toEqual([4, 5]);
  first.acknowledge(5);
  first.close();
  const second = open();
  expect(seqs(second)).toEqual([]);
  expect(second).toMatchObject({ last: 5, upTo: 5 });
  expect(write(second, 1).map(({ seq }) => seq)).toEqual([6]);
});

test('a line torn anywhere costs that append and nothing before it', () => {
  const whole = open();
  write(whole, 3, { t: 1 });
  const kept = statSync(path).size;
  write(whole, 2, { t: 2 });
  const bytes = readFileSync(path);
  fc.assert(
    fc.property(fc.integer({ min: kept, max: bytes.length - 1 }), (length) => {
      truncateSync(path);
      appendFileSync(path, bytes.subarray(0, length));
      const again = open();
      expect(seqs(again)).toEqual([1, 2, 3]);
      expect(again.state).toEqual({ t: 1 });
      expect(write(again, 1).map(({ seq }) => seq)).toEqual([4]);
      expect(seqs(open())).toEqual([1, 2, 3, 4]);
    }),
  );
});

test('a line whose bytes changed is not believed', () => {
  write(open(), 2);
  const text = readFileSync(path, 'utf8');
  truncateSync(path);
  appendFileSync(path, text.replace('"sample"', '"device"'));
  expect(seqs(open())).toEqual([]);
});

test('a full journal gives up its oldest samples, keeps alarms, and says what went', () => {
  const journal = open(20);
  write(journal, 4);
  write(journal, 1, null, 'alarm');
  write(journal, 15);
  const added = write(journal, 1);
  expect(added.map(({ seq, kind }) => [seq, kind])).toEqual([
    [21, 'gone'],
    [22, 'sample'],
  ]);
  expect(added[0]?.text).toBe('{"seq":21,"kind":"gone","from":1,"to":2,"reason":"journal-overflow"}');
  expect(seqs(journal)).toEqual(seqs(open(20)));
  write(journal, 4);
  expect(journal.entries().some(({ kind }) => kind === 'alarm')).toBe(true);
});

test('whatever is written, given up and acknowledged: every number is kept, acknowledged or declared gone', () => {
  const step = fc.oneof(
    fc.record({ write: fc.integer({ min: 1, max: 12 }), kind: fc.constantFrom('sample', 'alarm', 'delivery') }),
    fc.record({ acknowledge: fc.integer({ min: 0, max: 200 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const journal = openJournal(memoryStore(), { capacity: 20 }, () => epoch);
      const gone = new Set<number>();
      const told: GoneText = (range, reason, seq) => {
        for (let lost = range[0]; lost <= range[1]; lost += 1) gone.add(lost);
        return goneText(range, reason, seq);
      };
      for (const one of steps) {
        if ('write' in one) {
          const kind = one.kind as NewRecord['kind'];
          journal.append(
            Array.from({ length: one.write }, () => record(kind)),
            null,
            told,
          );
        } else journal.acknowledge(one.acknowledge);
      }
      const kept = new Set(seqs(journal));
      for (let seq = journal.upTo + 1; seq <= journal.last; seq += 1) {
        expect(kept.has(seq) || gone.has(seq), `seq ${seq}`).toBe(true);
      }
      expect(seqs(journal)).toEqual(seqs(journal).toSorted((a, b) => a - b));
    }),
  );
});

test('a lost journal begins a new epoch at 1 and names the one before', () => {
  const first = open();
  first.nextBoot();
  write(first, 5, { t: 5 });
  first.lose('0123456789abcdef');
  write(first, 1, { t: 6 });
  for (const journal of [first, open()]) {
    expect(journal).toMatchObject({
      epoch: '0123456789abcdef',
      previousEpoch: epoch,
      boot: 1,
      last: 1,
      state: { t: 6 },
    });
    expect(seqs(journal)).toEqual([1]);
  }
});

test('the file stays small while everything is acknowledged', () => {
  const journal = open();
  for (let n = 1; n <= 3_000; n += 1) {
    write(journal, 1, { filler: 'x'.repeat(300) });
    journal.acknowledge(n);
  }
  expect(statSync(path).size).toBeLessThan(300 * 1024);
  expect(open()).toMatchObject({ last: 3_000 });
});
