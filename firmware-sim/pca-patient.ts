// When a patient presses the button. Pain has its hours: after midnight it wakes people, and they ask twice as often.
import { exponential, type Seeded } from './random.ts';

const hourMs = 3_600_000;
const minuteMs = 60_000;

/** Nobody presses twice within this. */
const leastBetweenMs = minuteMs;
const meanMinutes = { day: 22, peak: 11 };
const peakHours = { from: 1, to: 5 };

/** Mean time between presses at a moment of the patient's day, min. @param dayMs ms since local midnight */
export function meanBetweenPresses(dayMs: number): number {
  const hour = (dayMs / hourMs) % 24;
  return hour >= peakHours.from && hour < peakHours.to ? meanMinutes.peak : meanMinutes.day;
}

/** Time to the next press, ms. */
export function nextPressMs(seeded: Seeded, dayMs: number): number {
  return leastBetweenMs + exponential(seeded, meanBetweenPresses(dayMs) * minuteMs);
}

/** A patient for whom it is not enough: a press every two minutes or so, far above any lockout. */
export function frustratedPressMs(seeded: Seeded): number {
  return 30_000 + exponential(seeded, 90_000);
}
