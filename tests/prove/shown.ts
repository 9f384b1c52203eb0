import type { Alert } from '#schemas/http/alert.ts';
import type { ServerFrame } from '#schemas/http/live-frames.ts';

export type Shown = {
  /** When the screen was told, ms since 1970, and what. */
  first: Map<string, { at: number; alert: Alert }>;
  /** How many active alerts the screen was told of: more than one is a double. The same one is told anew when it is offered. */
  beginnings: Map<string, number>;
  hear(frame: ServerFrame): void;
};

/** What a screen was told of alerts, by pump and type. */
export function shownAlerts(): Shown {
  const first: Shown['first'] = new Map();
  const beginnings: Shown['beginnings'] = new Map();
  const active = new Set<string>();
  return {
    first,
    beginnings,
    hear(frame) {
      if (frame.type !== 'alert') return;
      const { alert } = frame;
      const key = keyOf(alert.pump ?? '', alert.type);
      if (!first.has(key)) first.set(key, { at: Date.now(), alert });
      if (alert.condition !== 'active' || active.has(alert.id)) return;
      active.add(alert.id);
      beginnings.set(key, (beginnings.get(key) ?? 0) + 1);
    },
  };
}

export const keyOf = (pump: string, type: string): string => `${pump} ${type}`;
