import { expect, test } from 'vitest';
import { families } from './families.ts';
import { scoreHealthy } from './healthy.ts';
import { pagesPerHour } from './paging.ts';
import { scoreRule } from './score-rule.ts';

// A short profile; `npm run score` is the whole. Another seed than its own, so that both say something.
const seed = 20_260_105;

test.each(families.map(({ rule }) => rule))('%s is found, and what is just short of it is not', (rule) => {
  const score = scoreRule(rule, seed, 1);
  expect(score.examples).toEqual([]);
  expect(score.found).toBe(score.labels);
  expect(score.labels).toBeGreaterThanOrEqual(score.scenarios);
});

test('the same seed plays the same, another seed something else', () => {
  const played = scoreRule('silent-pump', seed, 2);
  expect(scoreRule('silent-pump', seed, 2)).toEqual(played);
  expect(scoreRule('silent-pump', seed + 1, 2).delaysMs).not.toEqual(played.delaysMs);
});

test('nothing false is said of healthy pumps, and a dwell spares people', () => {
  const { alerts, pumpDays, alarms } = scoreHealthy({ seed, from: 0, to: 6, days: 0.5, cadenceS: 60 }, () => {});
  expect(alerts.filter(({ because }) => because === null)).toEqual([]);
  expect(pumpDays).toBe(3);
  expect(alarms).toBeGreaterThan(5);
  const { perHourWithDwell, perHourWithout } = pagesPerHour(alerts, 6, 12, 1_200);
  expect(perHourWithDwell).toBeLessThan(perHourWithout);
});
