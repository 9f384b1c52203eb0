import { delay, forVolume, type Phase } from './phase.ts';

/** One rate until the volume is in, after an optional delay. */
export function continuous(programme: { rateMlPerH: number; vtbiMl: number; delayMin?: number }): Phase[] {
  const run = forVolume(programme.rateMlPerH, programme.vtbiMl);
  return programme.delayMin ? [delay(programme.delayMin), run] : [run];
}
