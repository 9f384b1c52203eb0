import { forVolume, type Phase } from './phase.ts';

/** A loading dose at its own rate, then one rate until the volume is in. */
export function loading(programme: {
  loadingRateMlPerH: number;
  loadingMl: number;
  rateMlPerH: number;
  vtbiMl: number;
}): Phase[] {
  return [
    { ...forVolume(programme.loadingRateMlPerH, programme.loadingMl), loading: true },
    forVolume(programme.rateMlPerH, programme.vtbiMl - programme.loadingMl),
  ];
}
