import { forMinutes, forVolume, type Phase } from './phase.ts';

export type Step = { rateMlPerH: number; durationMin?: number; volumeMl?: number };

/** Freely chosen steps, each ended by its volume or its duration. @throws RangeError for a step that has neither */
export function multistep(steps: readonly Step[]): Phase[] {
  return steps.map((step, index) => {
    if (step.volumeMl !== undefined) return forVolume(step.rateMlPerH, step.volumeMl);
    if (step.durationMin !== undefined) return forMinutes(step.rateMlPerH, step.durationMin);
    throw new RangeError(`step ${index + 1} has neither a volume nor a duration`);
  });
}
