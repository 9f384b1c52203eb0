// Downstream pressure: resistance × flow, plus what an occluded line has swallowed over its compliance.

export type Line = {
  /** kPa per mL/h of needle, filter and tubing. */
  resistanceKpaPerMlPerH: number;
  /** mL that the line swallows per kPa. */
  complianceMlPerKpa: number;
  /** Volume pressed into an occluded line, mL. */
  trappedMl: number;
};

/** Pressure of the vein itself, kPa. */
export const venousKpa = 1.5;
/** Pressure at which a pump calls an occlusion, kPa. */
export const occlusionLimitKpa = 80;

/** Downstream pressure in kPa at a flow that leaves the line. */
export function pressureKpa(line: Line, flowMlPerH: number): number {
  return venousKpa + line.resistanceKpaPerMlPerH * flowMlPerH + line.trappedMl / line.complianceMlPerKpa;
}

/** Volume in mL that a closed line still takes before the pump calls an occlusion; it comes out as a bolus on release. */
export function mlToOcclusionAlarm(line: Line): number {
  return Math.max(0, (occlusionLimitKpa - venousKpa) * line.complianceMlPerKpa - line.trappedMl);
}

/** Seconds from closing to the alarm at a steady flow: it grows as the flow falls. */
export function secondsToOcclusionAlarm(line: Line, flowMlPerH: number): number {
  return flowMlPerH > 0 ? (mlToOcclusionAlarm(line) / flowMlPerH) * 3600 : Number.POSITIVE_INFINITY;
}
