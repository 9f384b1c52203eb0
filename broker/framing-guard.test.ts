import fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { expect, test } from 'vitest';
import { maxConnectBytes, maxMessageBytes } from '#schemas/topics.ts';
import { FramingGuard, type Violation } from './framing-guard.ts';

const connect = generate({ cmd: 'connect', clientId: 'P', protocolVersion: 4, clean: true, keepalive: 30 });
const publish = (bytes: number) =>
  generate({ cmd: 'publish', topic: 't', payload: Buffer.alloc(bytes), qos: 0, dup: false, retain: false });
const limit = maxMessageBytes + 3; // topic length, topic

function scanAll(guard: FramingGuard, bytes: Uint8Array, step = bytes.length): Violation | null {
  for (let at = 0; at < bytes.length; at += step) {
    const violation = guard.scan(bytes.subarray(at, at + step));
    if (violation) return violation;
  }
  return null;
}

function admitted(): FramingGuard {
  const guard = new FramingGuard();
  expect(guard.scan(connect)).toBeNull();
  guard.admit(limit);
  return guard;
}

test.each([
  ['a 256 MB CONNECT by its header alone', [0x10, 0xff, 0xff, 0xff, 0x7f], 'before-connack', 268_435_455],
  ['a CONNECT one byte too long', [0x10, 0x81, 0x20], 'before-connack', maxConnectBytes + 1],
  ['a remaining length of five bytes', [0x10, 0xff, 0xff, 0xff, 0xff], 'malformed-length', 268_435_455],
  ['an HTTP request', [...Buffer.from('GET / HTTP/1.1\r\n')], 'not-mqtt', 1],
  ['a TLS handshake', [0x16, 0x03, 0x01], 'not-mqtt', 1],
  ['a PUBLISH before any CONNECT', [0x30, 0x02], 'not-mqtt', 1],
  ['a CONNECT with reserved flags', [0x11, 0x02], 'not-mqtt', 1],
])('%s is refused', (_name, bytes, reason, size) => {
  expect(new FramingGuard().scan(Uint8Array.from(bytes))).toEqual({ reason, bytes: size });
});

test('before CONNACK many small packets count together', () => {
  const guard = new FramingGuard();
  const pings = Buffer.alloc(maxConnectBytes - connect.length, Buffer.from([0xc0, 0x00]));
  expect(guard.scan(Buffer.concat([connect, pings]))).toBeNull();
  expect(guard.scan(Buffer.from([0xc0, 0x00]))).toMatchObject({ reason: 'before-connack' });
});

test('after CONNACK a PUBLISH at the limit passes and one byte more does not', () => {
  expect(admitted().scan(publish(maxMessageBytes))).toBeNull();
  expect(admitted().scan(publish(maxMessageBytes + 1))).toEqual({ reason: 'too-large', bytes: limit + 1 });
});

test('an over-long PUBLISH is refused by its header, before its body came', () => {
  expect(admitted().scan(publish(1_000_000).subarray(0, 5))).toEqual({ reason: 'too-large', bytes: 1_000_003 });
});

test('only a PUBLISH may be longer than a CONNECT', () => {
  expect(admitted().scan(Uint8Array.from([0x82, 0x81, 0x20]))).toEqual({ reason: 'too-large', bytes: 4097 });
});

test('the verdict does not depend on how the bytes were cut into chunks', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: maxMessageBytes + 50 }), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 70_000 }),
      (sizes, step) => {
        const stream = Buffer.concat(sizes.map(publish));
        expect(scanAll(admitted(), stream, step)).toEqual(scanAll(admitted(), stream));
        const tooLarge = sizes.some((size) => size > maxMessageBytes);
        expect(scanAll(admitted(), stream) !== null).toBe(tooLarge);
      },
    ),
    { numRuns: 60 },
  );
});
