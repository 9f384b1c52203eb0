import { beforeEach, describe, expect, test } from 'vitest';
import { maxMessageBytes } from '#schemas/topics.ts';
import type { Entry } from '../journal/entry.ts';
import { newOutbox, type Outbox } from './outbox.ts';

let journal: Entry[];
let outbox: Outbox;
let last: number;
beforeEach(() => {
  journal = [];
  last = 0;
  outbox = newOutbox(() => journal);
});

function write(kind: Entry['kind'], count = 1, text = '{}'): Entry[] {
  const added = Array.from({ length: count }, (_, index) => {
    return { seq: last + index + 1, kind, text, sentAt: 0, ahead: false };
  });
  last += count;
  journal.push(...added);
  return added;
}

const seqs = (batch: { entries: Entry[] } | null) => batch?.entries.map(({ seq }) => seq);

test('alarms go first, then live records, then the backlog', () => {
  write('sample', 3);
  outbox.connected(0);
  outbox.offer(write('sample'));
  outbox.offer(write('delivery'));
  outbox.offer(write('alarm'));
  expect(outbox.take(1, true)).toMatchObject({ lane: 'alarm', urgency: 'alarm', entries: [{ seq: 6 }] });
  expect(outbox.take(1, true)).toMatchObject({ lane: 'telemetry', urgency: 'live', entries: [{ seq: 4 }] });
  expect(outbox.take(1, true)).toMatchObject({ lane: 'event', urgency: 'live', entries: [{ seq: 5 }] });
  expect(outbox.take(1, false)).toBeNull();
  expect(seqs(outbox.take(1, true))).toEqual([1, 2, 3]);
  expect(outbox.take(1, true)).toBeNull();
});

test('an alarm of the backlog goes before everything else of a new connection', () => {
  write('sample', 2);
  write('alarm');
  outbox.connected(0);
  expect(outbox.take(1, true)).toMatchObject({ lane: 'alarm', entries: [{ seq: 3 }] });
});

test('no more than the window is in flight', () => {
  write('sample', 500);
  outbox.connected(0);
  outbox.acknowledged(0, 400);
  expect(seqs(outbox.take(1, true))).toHaveLength(200);
  expect(seqs(outbox.take(1, true))).toHaveLength(100);
  expect(outbox.take(1, true)).toBeNull();
  outbox.offer(write('delivery', 150));
  expect(outbox.take(1, true)).toMatchObject({ urgency: 'live', entries: { length: 50 } });
  expect(outbox.take(1, true)).toBeNull();
  journal.splice(0, 150);
  outbox.acknowledged(150, 400);
  expect(seqs(outbox.take(2, true))).toHaveLength(150);
  expect(outbox.take(2, true)).toBeNull();
});

test('an alarm does not wait until the backlog is acknowledged', () => {
  write('sample', 500);
  outbox.connected(0);
  while (outbox.take(1, true));
  outbox.offer(write('alarm'));
  expect(outbox.take(2, true)).toMatchObject({ lane: 'alarm', entries: [{ seq: 501 }] });
});

test('live records never fill the window before the backlog they wait for', () => {
  write('sample', 1_000);
  outbox.connected(0);
  const received = new Set<number>();
  let upTo = 0;
  for (let now = 1; upTo < 3_000 && now < 1_000; now += 1) {
    if (now <= 200) outbox.offer(write('delivery', 10));
    for (let batch = outbox.take(now, true); batch; batch = outbox.take(now, true)) {
      for (const { seq } of batch.entries) received.add(seq);
      expect(outbox.inFlight).toBeLessThanOrEqual(200);
    }
    while (received.has(upTo + 1)) upTo += 1;
    journal.splice(0, journal.findIndex(({ seq }) => seq > upTo) >>> 0);
    outbox.acknowledged(upTo, 200);
  }
  expect(upTo).toBe(3_000);
});

test('a window of one record still moves the backlog', () => {
  write('sample', 3);
  outbox.connected(0);
  outbox.acknowledged(0, 1);
  expect(seqs(outbox.take(1, true))).toEqual([1]);
});

test('a batch stays below the largest message', () => {
  write('sample', 100, JSON.stringify({ detail: 'x'.repeat(2_000) }));
  outbox.connected(0);
  const batch = outbox.take(1, true);
  const bytes = batch?.entries.reduce((sum, { text }) => sum + text.length + 1, 0) ?? 0;
  expect(bytes).toBeGreaterThan(maxMessageBytes - 4_000);
  expect(bytes).toBeLessThan(maxMessageBytes - 512);
});

describe('what is not acknowledged', () => {
  beforeEach(() => {
    outbox.connected(0);
    outbox.offer(write('sample', 2));
    outbox.offer(write('alarm'));
    outbox.take(1_000, true);
    outbox.take(1_000, true);
  });

  test.each([
    [2_999, undefined],
    [3_000, [3]],
  ])('an alarm at %i ms', (now, expected) => {
    outbox.resend(now);
    expect(seqs(outbox.take(now, true))).toEqual(expected);
  });

  test('goes again after 10 s, then after 20 s more', () => {
    const sent: number[] = [];
    for (let now = 1_000; now <= 60_000; now += 500) {
      outbox.resend(now);
      for (let batch = outbox.take(now, true); batch; batch = outbox.take(now, true)) {
        if (batch.entries.some(({ seq }) => seq === 1)) sent.push(now);
      }
    }
    expect(sent).toEqual([11_000, 31_000]);
  });

  test('does not wait longer for records that fell due before it and got through', () => {
    outbox.offer(write('sample'));
    outbox.take(5_000, true);
    outbox.resend(11_000);
    expect(seqs(outbox.take(11_000, true))).toEqual([3]);
    expect(seqs(outbox.take(11_000, true))).toEqual([1, 2]);
    journal.splice(0, 3);
    outbox.acknowledged(3, 200);
    outbox.resend(15_000);
    expect(seqs(outbox.take(15_000, true))).toEqual([4]);
  });

  test('goes again at once over a new connection', () => {
    outbox.connected(1_500);
    expect(seqs(outbox.take(1_500, true))).toEqual([3]);
    expect(seqs(outbox.take(1_500, true))).toEqual([1, 2]);
  });

  test('and is called missing goes again, unless it may still be on its way', () => {
    outbox.missing([[1, 1]], 3_000);
    expect(outbox.take(3_000, true)).toBeNull();
    outbox.missing([[1, 1]], 6_000);
    expect(seqs(outbox.take(6_000, true))).toEqual([1]);
  });
});
