import fc from 'fast-check';
import { expect, test } from 'vitest';
import { envelope } from './envelope.ts';
import { readUsualEnvelope, readUsualSample } from './fast-path.ts';
import { readBatch, readRecord } from './read-batch.ts';
import { sampleRecord } from './record.ts';
import { readTime } from './time.ts';

const anything = fc.oneof(
  fc.constantFrom(
    null,
    undefined,
    true,
    false,
    '',
    'delivering',
    'x',
    0,
    1,
    -1,
    0.5,
    2000,
    2000.1,
    100_000,
    1e9,
    2 ** 53,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ),
  fc.double(),
  fc.string(),
  fc.constant({}),
  fc.constant([1]),
);
const time = fc.oneof(
  fc.constantFrom('2026-11-22T02:10:04.120Z', '2026-11-22T02:10:04+01:00', '2026-02-29T00:00:00Z', 'now', ''),
  anything,
);
const maybe = <T>(usual: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 6, arbitrary: usual }, { weight: 1, arbitrary: anything });

test('the hand-written checks accept a sample only if the schema does, and keep its values', () => {
  const sample = fc.record(
    {
      kind: maybe(fc.constant('sample')),
      seq: maybe(fc.integer({ min: 1 })),
      at: maybe(time),
      state: maybe(fc.constantFrom('delivering', 'paused', 'kvo')),
      infusion: maybe(fc.integer({ min: 1 })),
      boot: maybe(fc.nat()),
      uptimeMs: maybe(fc.double({ min: 0, max: 1e12, noNaN: true })),
      rateMlPerH: maybe(fc.double({ min: 0, max: 2000, noNaN: true })),
      infusedMl: maybe(fc.double({ min: 0, max: 1e5, noNaN: true })),
      vtbiRemainingMl: maybe(fc.constant(null)),
      reservoirMl: maybe(fc.constant(87.2)),
      pressureKpa: maybe(fc.double({ min: -100, max: 500, noNaN: true })),
      batteryPct: maybe(fc.nat(100)),
      mains: maybe(fc.boolean()),
      temperatureC: maybe(fc.constant(21)),
      signalDbm: maybe(fc.constant(-70)),
      extra: anything,
    },
    { requiredKeys: ['kind', 'seq', 'at', 'state'] },
  );
  let usual = 0;
  fc.assert(
    fc.property(sample, (raw: Record<string, unknown>) => {
      const read = readUsualSample(raw);
      if (!read) return;
      expect(read.pumpAt).toBe(readTime(read.record.at));
      usual += 1;
      const { extra: _, ...known } = raw as Record<string, unknown>;
      expect(sampleRecord.parse(raw)).toEqual(known);
    }),
    { numRuns: 5_000 },
  );
  expect(usual).toBeGreaterThan(100);
});

test('the hand-written checks accept an envelope only if the schema does', () => {
  const arbitrary = fc.record(
    {
      v: maybe(fc.constant(1)),
      epoch: maybe(fc.constantFrom('8f0c2a6d11b94e37', '8F0C2A6D11B94E37', '8f0c2a6d11b94e3')),
      boot: maybe(fc.nat()),
      sentAt: maybe(time),
      uptimeMs: maybe(fc.nat()),
      records: maybe(fc.array(anything, { maxLength: 3 })),
    },
    { requiredKeys: ['v', 'epoch', 'boot', 'sentAt', 'records'] },
  );
  let usual = 0;
  fc.assert(
    fc.property(arbitrary, (raw: Record<string, unknown>) => {
      if (!readUsualEnvelope(raw)) return;
      usual += 1;
      expect(envelope.safeParse(raw).success).toBe(true);
    }),
    { numRuns: 5_000 },
  );
  expect(usual).toBeGreaterThan(100);
});

test('times are read alike by the quick way and by the platform', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
      const text = date.toISOString();
      expect(readTime(text)).toBe(date.getTime());
      expect(readTime(text.replace(/\.\d+Z/, 'Z'))).toBe(Math.floor(date.getTime() / 1000) * 1000);
      expect(readTime(text.replace('Z', '+02:00'))).toBe(date.getTime() - 7_200_000);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['2026-11-22T02:10:04.123456789Z', Date.UTC(2026, 10, 22, 2, 10, 4, 123)],
  ['2026-11-22t02:10:04z', Date.UTC(2026, 10, 22, 2, 10, 4)],
  ['2026-11-22 02:10:04Z', Date.UTC(2026, 10, 22, 2, 10, 4)],
  ['2016-12-31T23:59:60Z', Date.UTC(2016, 11, 31, 23, 59, 59)],
  ['1970-01-01T00:00:00Z', 0],
  ['2026-11-22', null],
  ['2026-11-22T02:10:04', null],
  ['2026-13-01T00:00:00Z', null],
  ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
  ['2026-02-29T00:00:00Z', null],
  ['2026-02-30T00:00:00.000Z', null],
  ['2026-04-31T12:00:00+02:00', null],
  ['2026-05-31T12:00:00Z', Date.UTC(2026, 4, 31, 12)],
  ['1900-02-29T00:00:00Z', null],
  ['2000-02-29T00:00:00Z', Date.UTC(2000, 1, 29)],
  ['2026-11-22T24:00:00Z', null],
  ['2026-11-22T24:30:00Z', null],
  ['2026-11-22T02:60:00Z', null],
  ['2026-11-22T02:10:04+25:00', null],
  ['2026-11-22T02:10:04+24:00', null],
  ['2026-11-22T02:10:04-05:60', null],
  ['2026-11-22T02:10:04+14:00', Date.UTC(2026, 10, 21, 12, 10, 4)],
  ['22 Nov 2026', null],
  ['', null],
])('the time %j is read as %s', (text, expected) => {
  expect(readTime(text)).toBe(expected);
});

const sample = { seq: 1, at: '2026-11-22T02:10:04.120Z', kind: 'sample', state: 'delivering', rateMlPerH: 5 };

test.each([
  ['a broken thermometer', { ...sample, temperatureC: 'warm' }, 'temperatureC'],
  ['an impossible rate', { ...sample, rateMlPerH: 2000.5 }, 'rateMlPerH'],
  ['a negative volume', { ...sample, infusedMl: -1 }, 'infusedMl'],
  ['a battery of 101 %', { ...sample, batteryPct: 101 }, 'batteryPct'],
  ['two at once', { ...sample, mains: 'yes', signalDbm: {} }, 'signalDbm'],
])('%s costs its field only and is marked', (_, raw, field) => {
  const read = readRecord(raw);
  expect(read).toMatchObject({ fieldErrors: expect.stringContaining(field), record: { seq: 1, state: 'delivering' } });
  expect('record' in read && Object.hasOwn(read.record, field)).toBe(false);
});

test.each([
  ['a concentration of 0', { concentration: { amount: 0, unit: 'mg', perMl: 1 } }, 'concentration.amount'],
  ['a concentration in no volume', { concentration: { amount: 5, unit: 'mg', perMl: 0 } }, 'concentration.perMl'],
  ['a weight of 0', { weightKg: 0 }, 'weightKg'],
  ['a body surface below 0', { bsaM2: -1.8 }, 'bsaM2'],
])('a programme with %s is kept without it: its dose is then not checked, and said so', (_, change, field) => {
  const programme = { seq: 1, at: sample.at, kind: 'programme', infusion: 1, drug: 'x', rateMlPerH: 1.2, ...change };
  const read = readRecord(programme);
  expect(read).toMatchObject({ fieldErrors: expect.stringContaining(field), record: { drug: 'x', rateMlPerH: 1.2 } });
  expect('record' in read && Object.hasOwn(read.record, Object.keys(change)[0] ?? '')).toBe(false);
});

test.each([
  ['no object', 7, null],
  ['an array', [], null],
  ['an unknown kind', { ...sample, kind: 'spell' }, 1],
  ['a kind that is a property of objects', { ...sample, kind: 'constructor' }, 1],
  ['an impossible state', { ...sample, state: 'flying' }, 1],
  ['an unreadable time', { ...sample, at: 'yesterday' }, 1],
  ['a day that is in no calendar', { ...sample, at: '2026-02-30T00:00:00Z' }, 1],
  ['no seq', { ...sample, seq: undefined }, null],
  ['a seq of a half', { ...sample, seq: 1.5 }, null],
  ['a seq beyond exactness', { ...sample, seq: 2 ** 53 }, null],
  ['a gone that names itself', { seq: 5, at: sample.at, kind: 'gone', from: 3, to: 5 }, 5],
  ['a gone backwards', { seq: 5, at: sample.at, kind: 'gone', from: 4, to: 3 }, 5],
  ['a delivery without a segment', { seq: 2, at: sample.at, kind: 'delivery', infusion: 1, phase: 'start' }, 2],
  ['an alarm without a number', { seq: 2, at: sample.at, kind: 'alarm', phase: 'start' }, 2],
])('%s is rejected with a reason and as much of its seq as can be trusted', (_, raw, seq) => {
  expect(readRecord(raw)).toMatchObject({ seq, reason: expect.stringMatching(/.{5}/), raw });
});

test.each([
  ['not an object', []],
  ['another version', { v: 2 }],
  ['no epoch', { v: 1, boot: 1, sentAt: sample.at, records: [sample] }],
  ['an epoch in capitals', { v: 1, epoch: '8F0C2A6D11B94E37', boot: 1, sentAt: sample.at, records: [sample] }],
  ['no records', { v: 1, epoch: '8f0c2a6d11b94e37', boot: 1, sentAt: sample.at, records: [] }],
  ['201 records', { v: 1, epoch: '8f0c2a6d11b94e37', boot: 1, sentAt: sample.at, records: Array(201).fill(sample) }],
])('an envelope with %s consumes nothing', (_, message) => {
  expect(readBatch(message)).toMatchObject({ ok: false, reason: expect.stringMatching(/.{5}/) });
});

test('one bad record costs only itself', () => {
  const message = {
    v: 1,
    epoch: '8f0c2a6d11b94e37',
    boot: 1,
    sentAt: sample.at,
    records: [sample, { ...sample, seq: 2, state: '?' }, { ...sample, seq: 3 }],
  };
  expect(readBatch(message)).toMatchObject({
    ok: true,
    records: [{ record: { seq: 1 } }, { record: { seq: 3 } }],
    rejected: [{ seq: 2 }],
  });
});
