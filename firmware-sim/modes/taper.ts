import { forMinutes, type Phase } from './phase.ts';

/**
 * Nutrition with tapers: a quarter and a half of the plateau rate on the way up, the same back on the way down, each
 * half a taper long. 2,000 mL in 12 h with 2 h tapers is 52.6 → 105.3 → 210.5 → 105.3 → 52.6 mL/h.
 */
export function taper(programme: { totalMl: number; totalMin: number; taperMin: number }): Phase[] {
  const half = programme.taperMin / 2;
  const plateauMin = programme.totalMin - 2 * programme.taperMin;
  const plateau = programme.totalMl / ((plateauMin + 2 * half * (0.25 + 0.5)) / 60);
  const down = (share: number): Phase => ({ ...forMinutes(plateau * share, half), rampDown: true });
  return [
    forMinutes(plateau * 0.25, half),
    forMinutes(plateau * 0.5, half),
    forMinutes(plateau, plateauMin),
    down(0.5),
    down(0.25),
  ];
}

/**
 * The ramp-down asked for early: index of the phase to jump to, or null when the taper is already on its way down or
 * the programme has none.
 */
export function earlyRampDown(phases: readonly Phase[], running: number): number | null {
  const first = phases.findIndex((phase) => phase.rampDown);
  return first > running ? first : null;
}
