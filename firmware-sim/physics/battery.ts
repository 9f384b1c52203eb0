// A lithium pack: charge falls with time and flow, the shown percentage sags late, capacity fades with cycles.

export type Battery = {
  /** Remaining charge, 0 to 1 of what the aged pack holds. */
  charge: number;
  /** Capacity left of a new pack's, 0.5 to 1. */
  health: number;
  mains: boolean;
};

/** Hours that a new pack carries a pump at rest. */
const idleHours = 48;
/** Extra drain per mL/h: 125 mL/h roughly halves the running time. */
const drainPerMlPerH = 1 / 125;
const chargeHours = 4;

/** Shown level at which a pump warns, and at which it stops. */
export const batteryLowPct = 20;
export const batteryDepletedPct = 3;

/** Charge after `ms` at a flow. */
export function drained(battery: Battery, flowMlPerH: number, ms: number): number {
  const hours = ms / 3_600_000;
  if (battery.mains) return Math.min(1, battery.charge + hours / chargeHours);
  const life = (idleHours * battery.health) / (1 + flowMlPerH * drainPerMlPerH);
  return Math.max(0, battery.charge - hours / life);
}

/** What the display says, 0 to 100: flat at first, falling faster near the end, as a voltage gauge does. */
export function shownPct(battery: Battery): number {
  return Math.round(100 * battery.charge ** 0.85);
}

/** Charge at which the display says `pct`. */
export function chargeShowing(pct: number): number {
  return (pct / 100) ** (1 / 0.85);
}
