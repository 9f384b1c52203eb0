import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Order, orderNumbers } from './order.ts';
import type { Programme } from './programme.ts';
import { judgeAgainstOrder, type OrderGiven, orderFinding } from './programme-against-order.ts';

const settings = { mediumFromPct: 10, highFromPct: 25, ratioTolerancePct: 5 };
const concentration = { amount: 2, unit: 'mg', perMl: 1 };
const order = orderNumbers.parse({ drug: 'x', concentration, rateMlPerH: 50, volumeMl: 500, durationMin: 600 });
const programme: Programme = { infusion: 1, drug: 'x', concentration, rateMlPerH: 50, vtbiMl: 250, durationMin: 300 };
const find = (change: Partial<Programme>, given: OrderGiven, ordered: Order) =>
  orderFinding(judgeAgainstOrder({ ...programme, ...change }, ordered, settings, given));

const less = (ml: number, more = '') => `less than ordered: ${ml} of 500 mL, at the ordered rate${more}`;

// Ordered are 500 mL at 50 mL/h over 10 h; programmed are 250 mL at 50 mL/h, but for what is changed.
test.each<[string, Partial<Programme>, OrderGiven, Partial<Order>, string | null]>([
  ['nothing known of the rest', {}, {}, {}, `low ${less(250)}`],
  ['no duration of its own', { durationMin: null }, {}, {}, `low ${less(250)}`],
  ['neither names a concentration', { concentration: null }, {}, { concentration: null }, `low ${less(250)}`],
  ['an early end is harm', {}, { endMatters: true }, {}, `medium ${less(250)}`],
  ['the other pump gave the rest', {}, { elsewhereMl: 250 }, {}, null],
  ['… of a drug whose early end is harm', {}, { elsewhereMl: 250, endMatters: true }, {}, null],
  ['this pump gave the rest', {}, { ownMl: 250 }, {}, null],
  ['both gave the rest', {}, { ownMl: 100, elsewhereMl: 150 }, {}, null],
  ['the last tenth, rounded by a nurse', { vtbiMl: 20, durationMin: 24 }, { ownMl: 470 }, {}, null],
  ['with the overfill', { vtbiMl: 275, durationMin: 330 }, { elsewhereMl: 250 }, { overfillMl: 25 }, null],
  ['other pumps gave less', {}, { elsewhereMl: 100 }, {}, `low ${less(250, ', after 100 mL were given')}`],
  ['this pump gave less', {}, { ownMl: 100 }, {}, `medium ${less(250, ', after 100 mL were given')}`],
  [
    'other pumps gave more than that',
    {},
    { elsewhereMl: 400 },
    {},
    'medium 250 mL after 400 mL from other pumps is more than the ordered 500 mL',
  ],
  ['other pumps gave more than a bag', {}, { elsewhereMl: 900 }, {}, `low ${less(250)}`],
  [
    'a tenth, and nothing known of the rest',
    { vtbiMl: 50, durationMin: 60 },
    {},
    {},
    'high volume 50 mL is 1/10 of the ordered 500 mL',
  ],
  ['a tenth, and the rest was given', { vtbiMl: 50, durationMin: 60 }, { elsewhereMl: 450 }, {}, null],
  // None of these is a rest, whatever was given.
  [
    'half the time because it runs twice as fast',
    { rateMlPerH: 100, vtbiMl: 500, durationMin: 300 },
    { elsewhereMl: 250 },
    {},
    'high 100 mL/h is 2 times the ordered 50 mL/h',
  ],
  [
    'the rest, twice as fast',
    { rateMlPerH: 100, durationMin: 150 },
    { elsewhereMl: 250 },
    {},
    'high 100 mL/h is 2 times the ordered 50 mL/h',
  ],
  [
    'the rest, 24 times as fast',
    { rateMlPerH: 1200, durationMin: 12.5 },
    { ownMl: 250 },
    {},
    'high 1,200 mL/h is 24 times the ordered 50 mL/h',
  ],
  [
    'the rest, a fifth slower',
    { rateMlPerH: 40, durationMin: 375 },
    {},
    {},
    'high duration 375 min is 37.5 % below the ordered 600 min',
  ],
  [
    'a duration that denies rate and volume',
    { durationMin: 60 },
    { elsewhereMl: 250 },
    {},
    'high duration 60 min is 80 % below the ordered 300 min',
  ],
  [
    'more than ordered',
    { vtbiMl: 750, durationMin: 900 },
    {},
    {},
    'high duration 900 min is 50 % above the ordered 600 min',
  ],
  [
    'another concentration',
    { concentration: { amount: 4, unit: 'mg', perMl: 1 } },
    { elsewhereMl: 250 },
    {},
    'high 200 mg/h is 2 times the ordered 100 mg/h',
  ],
  [
    'twice as strong in half the volume, at the ordered dose rate',
    { concentration: { amount: 4, unit: 'mg', perMl: 1 }, rateMlPerH: 25, durationMin: 600 },
    { elsewhereMl: 250 },
    {},
    'medium concentration 4 mg/mL is 2 times the ordered 2 mg/mL',
  ],
  [
    'a concentration that the pump does not name may be another one',
    { concentration: null },
    {},
    {},
    'high duration 300 min is 50 % below the ordered 600 min',
  ],
  ['no rate to compare', { rateMlPerH: null }, {}, {}, 'high duration 300 min is 50 % below the ordered 600 min'],
  ['another drug', { drug: 'y' }, { elsewhereMl: 250 }, {}, 'high y runs, x was ordered'],
  [
    'PCA',
    { mode: 'pca', durationMin: null, pca: { basalMlPerH: 50, demandMl: 1, lockoutMin: 8 } },
    {},
    { mode: 'pca', pca: { demandMl: 1, lockoutMin: 8, maxMlPer4H: null } },
    'medium volume 250 mL is 50 % below the ordered 500 mL',
  ],
  [
    'steps, whose rates are not compared',
    { mode: 'taper' },
    {},
    { mode: 'steps' },
    'high duration 300 min is 50 % below the ordered 600 min',
  ],
  ['steps, and the rest was given', { mode: 'taper' }, { elsewhereMl: 250 }, { mode: 'steps' }, null],
])('the rest of a bag: %s', (_, change, given, ordered, expected) => {
  const found = find(change, given, { ...order, ...ordered });
  expect(found && `${found.priority} ${found.message}`).toBe(expected);
});

test('no rate that differs, no volume above the order and no other strength is ever quieter for what was given', () => {
  const rank = { low: 0, medium: 1, high: 2 };
  const size = fc.double({ min: 0.02, max: 30, noNaN: true });
  fc.assert(
    fc.property(
      size,
      size,
      fc.constantFrom(1, 1.5, 10),
      fc.nat(499),
      fc.nat(499),
      (rate, volume, mixed, own, other) => {
        const rateMlPerH = 50 * rate;
        const vtbiMl = 500 * volume;
        const mix = { ...concentration, amount: 2 * mixed };
        const differs = Math.abs(rate - 1) >= 0.1 || volume >= 1.1 || mixed !== 1;
        const change = { rateMlPerH, vtbiMl, durationMin: (vtbiMl / rateMlPerH) * 60, concentration: mix };
        const found = find(change, { ownMl: own, elsewhereMl: other }, order);
        if (!differs) return;
        const offBy = Math.abs(rate * mixed - 1);
        expect(rank[found?.priority ?? 'low']).toBeGreaterThanOrEqual(
          offBy >= 0.25 && (rate !== 1 || mixed !== 1) ? 2 : 1,
        );
      },
    ),
    { numRuns: 2_000 },
  );
});

test('any part at the ordered rate is seen, and none is high but a telling ratio', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.12, max: 0.89, noNaN: true }), (part) => {
      const found = find({ vtbiMl: 500 * part, durationMin: 600 * part }, {}, order);
      expect(found?.priority).toBe('low');
      expect(found?.message).toContain('less than ordered');
    }),
  );
});
