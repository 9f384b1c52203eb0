import { expect, test } from 'vitest';
import { orderRefusals } from '#schemas/orders/order-refusals.ts';
import { judgeAgainstOrder } from '#schemas/rules/programme-against-order.ts';
import { defaultRuleSettings } from '#schemas/rules/rule-settings.ts';
import { therapies, therapyOf } from '../../firmware-sim/therapies.ts';
import { demoOrder } from '../../scripts/supervisor/demo-orders.ts';

test.each(therapies().map((therapy) => [therapy.name, therapy] as const))(
  'the order of the demo’s %s is sound, and its programme agrees with it',
  (_name, therapy) => {
    const { weightKg, bsaM2 } = therapy.programme;
    const order = { ...demoOrder(therapy), weightKg: weightKg ?? 70, bsaM2: bsaM2 ?? 1.8 };
    expect(orderRefusals(order)).toEqual([]);
    const settings = defaultRuleSettings['programme-against-order'];
    const checks = judgeAgainstOrder({ infusion: 1, ...therapy.programme }, order, settings);
    expect(checks.filter(({ outcome }) => outcome === 'differs')).toEqual([]);
  },
);

test('the 24 pumps of the demo give most of its therapies, each pump always the same', () => {
  const known = therapies();
  const names = Array.from({ length: 24 }, (_, n) => therapyOf(n, known).name);
  expect(new Set(names).size).toBeGreaterThanOrEqual(8);
  expect(names).toEqual(Array.from({ length: 24 }, (_, n) => therapyOf(n, known).name));
});
