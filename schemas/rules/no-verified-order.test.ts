import { expect, test } from 'vitest';
import { newOrderWatch, watchOrder } from './no-verified-order.ts';

const running = { running: true, atPatient: true, order: 'none' } as const;

test('a pump that runs at a patient without a verified order is found once, and its verification ends it', () => {
  const told: string[] = [];
  let state = newOrderWatch();
  const steps = [
    [0, { ...running, running: false }],
    [1, running],
    [5, { ...running, running: false }],
    [10, { ...running, running: false }],
    [11, { ...running, order: 'not-verified' }],
    [20, running],
    [21, { ...running, order: 'verified' }],
    [30, { ...running, order: 'not-verified' }],
    [45, { ...running, order: 'not-verified' }],
    [46, { ...running, order: 'not-verified', atPatient: false }],
  ] as const;
  for (const [minute, given] of steps) {
    const step = watchOrder(state, given, minute * 60_000, { graceMin: 10 });
    if (step.found) told.push(`${minute} ${step.found.type} ${step.found.priority}: ${step.found.message}`);
    if (step.over) told.push(`${minute} over: ${step.over}`);
    state = JSON.parse(JSON.stringify(step.next));
  }
  expect(told).toEqual([
    '11 no-verified-order medium: A pump runs and its order is not verified yet',
    '21 over: the order is verified',
    '45 no-verified-order medium: A pump runs and its order is not verified yet',
    '46 over: not at a patient',
  ]);
});

test('without grace it is found at once', () => {
  expect(watchOrder(newOrderWatch(), running, 0, { graceMin: 0 }).found?.message).toBe('A pump runs without an order');
});
