import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { writeUnheld } from './unheld-writes.ts';

/** A connection whose other end never reads. */
const frozen = () => new Duplex({ read() {}, write() {}, writableHighWaterMark: 10 });

test('a writer is never asked to wait, and too much waiting ends the link', () => {
  const conn = frozen();
  let overflows = 0;
  writeUnheld(conn, 100, () => {
    overflows += 1;
    conn.destroy();
  });
  for (let sent = 0; sent < 100; sent += 20) expect(conn.write(Buffer.alloc(20))).toBe(true);
  expect(overflows).toBe(0);
  expect(conn.write(Buffer.alloc(1))).toBe(true);
  expect(overflows).toBe(1);
  conn.on('error', () => {}); // written after it was destroyed
  conn.write(Buffer.alloc(1));
  expect(overflows).toBe(1);
});
