import { expect, test } from 'vitest';
import { disturbClock, shownTime, trueClock } from './clock.ts';
import { cleanWire, distort, type WireMessage } from './wire.ts';

const noon = Date.UTC(2026, 10, 23, 12);
const hour = 3_600_000;

test.each([
  ['a fixed offset', { clock: 'offset', ms: 180_000 }, noon + hour + 180_000],
  ['a drift of 1 %', { clock: 'drift', ppm: 10_000 }, noon + hour + 36_000],
  ['a step back', { clock: 'step', ms: -hour }, noon],
  ['1970', { clock: '1970' }, hour],
  ['2099', { clock: '2099' }, Date.UTC(2100, 0, 1)],
  ['set right', { clock: 'set', toMs: noon }, noon + hour],
] as const)('%s shows an hour later', (_, fault, expected) => {
  expect(shownTime(disturbClock(trueClock, fault, noon), noon + hour)).toBe(expected);
});

test('a step keeps the drift, setting the time ends it', () => {
  const drifting = disturbClock(trueClock, { clock: 'drift', ppm: 10_000 }, noon);
  const stepped = disturbClock(drifting, { clock: 'step', ms: 1_000 }, noon + hour);
  expect(shownTime(stepped, noon + 2 * hour)).toBe(noon + 2 * hour + 1_000 + 72_000);
  const right = disturbClock(stepped, { clock: 'set', toMs: noon + hour }, noon + hour);
  expect(shownTime(right, noon + 2 * hour)).toBe(noon + 2 * hour);
});

const message = (payload: string): WireMessage => ({ topic: 't', payload });

test('a clean wire changes nothing', () => {
  expect(distort({ rng: 1 }, cleanWire, message('a'), null)).toEqual({ send: [message('a')], held: null });
});

test.each([
  ['a duplicate', { duplicate: 1 }, [message('abcd'), message('abcd')], null],
  ['a drop', { drop: 1 }, [], null],
  ['a reordering', { reorder: 1 }, [], message('abcd')],
])('%s', (_, faults, send, held) => {
  expect(distort({ rng: 1 }, { ...cleanWire, ...faults }, message('abcd'), null)).toEqual({ send, held });
});

test('a message held back follows the next one', () => {
  const outcome = distort({ rng: 1 }, { ...cleanWire, reorder: 1 }, message('second'), message('first'));
  expect(outcome).toEqual({ send: [message('second'), message('first')], held: null });
});

test('a truncated message is shorter', () => {
  const { send } = distort({ rng: 1 }, { ...cleanWire, truncate: 1 }, message('0123456789'), null);
  expect('0123456789'.startsWith(send[0]?.payload ?? 'x')).toBe(true);
  expect(send[0]?.payload.length).toBeLessThan(10);
});
