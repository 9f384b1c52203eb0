import { forMinutes, forVolume, type Phase } from './phase.ts';

/** Rising rates, each for the same time, the last until the volume is in. */
export function ramp(programme: { ratesMlPerH: readonly number[]; stepMin: number; vtbiMl: number }): Phase[] {
  const phases: Phase[] = [];
  let left = programme.vtbiMl;
  programme.ratesMlPerH.forEach((rateMlPerH, index) => {
    const stepMl = (rateMlPerH * programme.stepMin) / 60;
    if (left <= 0) return;
    const last = index === programme.ratesMlPerH.length - 1 || stepMl >= left;
    phases.push(last ? forVolume(rateMlPerH, left) : forMinutes(rateMlPerH, programme.stepMin));
    left = last ? 0 : left - stepMl;
  });
  return phases;
}
