import { expect, test } from 'vitest';
import type { RawMessage } from './incoming.ts';
import { WaitingQueue } from './queue.ts';
import { readMessage } from './receive.ts';

/** What a socket read at once: many messages side by side in one piece of memory. */
const read = Buffer.alloc(64 * 1024, '{"v":1}');
const message = (n: number, lane: RawMessage['lane'] = 'telemetry'): RawMessage => ({
  ...{ what: 'raw', pump: `PUMP-${n}`, shard: 0, lane, receivedAt: n },
  payload: read.subarray(n * 200, (n + 1) * 200),
});
const payloads = (queue: WaitingQueue) => [...queue.waiting()].map((waiting) => (waiting as RawMessage).payload);

test('what waits long keeps only its own bytes alive, not all that the socket read with it', () => {
  const queue = new WaitingQueue(1_000_000);
  queue.push(message(1));
  queue.push(message(2), true);
  const [soon, long] = payloads(queue);
  expect(soon?.buffer).toBe(read.buffer);
  expect(long?.buffer).not.toBe(read.buffer);
  expect(long?.buffer.byteLength).toBeLessThan(read.length);
  expect(long).toEqual(message(2).payload);
});

test('a queue that fills copies by itself, and refuses what is beyond its limit but for what is urgent', () => {
  const queue = new WaitingQueue(5_000);
  for (let n = 0; n < 10; n += 1) expect(queue.push(message(n))).toBe(true);
  const own = payloads(queue).map(({ buffer }) => buffer !== read.buffer);
  expect(own).toEqual([false, false, false, false, false, false, true, true, true, true]);
  expect(queue.push(message(10))).toBe(false);
  expect(queue.push(message(10, 'alarm'))).toBe(true);
  expect(queue.push(message(11, 'alarm'))).toBe(false);
  expect(queue.take(100, (waiting) => readMessage(waiting as RawMessage)).held).toHaveLength(11);
  expect(queue.bytes).toBe(0);
});
