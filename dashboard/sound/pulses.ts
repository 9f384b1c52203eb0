import type { Priority } from '#schemas/messages/record.ts';

/** One pulse of an auditory alarm signal. */
export type Pulse = { startMs: number; durationMs: number; frequencyHz: number };

/**
 * A burst by IEC 60601-1-8 (table 3 and annex): high = 10 pulses as two groups of 3 + 2, medium = 3, low = 2. Pulse
 * lengths and spacings lie inside the standard's ranges: high 75–200 ms with x = 50–125 ms between pulses, 2x + pulse
 * before the fourth, 0.35–1.3 s between the groups; medium and low 125–250 ms.
 */
export function burst(priority: Priority): Pulse[] {
  switch (priority) {
    case 'high': {
      const group = [
        { startMs: 0, frequencyHz: 523 },
        { startMs: 240, frequencyHz: 523 },
        { startMs: 480, frequencyHz: 523 },
        { startMs: 960, frequencyHz: 659 },
        { startMs: 1200, frequencyHz: 784 },
      ];
      const again = group.map((pulse) => ({ ...pulse, startMs: pulse.startMs + 2000 }));
      return [...group, ...again].map((pulse) => ({ ...pulse, durationMs: 140 }));
    }
    case 'medium':
      return [0, 400, 800].map((startMs, i) => ({ startMs, durationMs: 200, frequencyHz: i === 2 ? 440 : 523 }));
    case 'low':
      return [0, 400].map((startMs, i) => ({ startMs, durationMs: 200, frequencyHz: i === 0 ? 523 : 440 }));
  }
}

/** From the start of one burst to the start of the next; null: once only. */
export const burstEveryMs: Record<Priority, number | null> = { high: 10_000, medium: 20_000, low: null };
