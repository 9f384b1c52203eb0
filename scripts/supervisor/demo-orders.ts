import type * as z from 'zod';
import { orderContent } from '#schemas/orders/order-content.ts';
import { durationsOf, type Programme } from '#schemas/rules/programme.ts';
import type { Therapy } from '../../firmware-sim/therapies.ts';

/** What a simulated therapy was ordered as. NOT FOR CLINICAL USE. */
export function demoOrder({ programme }: Therapy): z.infer<typeof orderContent> {
  const { drug, concentration, doseRate, doseUnit, rateMlPerH, vtbiMl, pca } = programme;
  const asRecord: Programme = { infusion: 1, ...programme };
  return orderContent.parse({
    drug,
    mode: modeOf(programme.mode),
    concentration: concentration ?? null,
    doseRate: doseRate ?? null,
    doseUnit: doseUnit ?? null,
    rateMlPerH: rateMlPerH ?? null,
    volumeMl: vtbiMl,
    overfillMl: 15,
    durationMin: durationsOf(asRecord)[0] ?? dayMin,
    pca:
      pca?.demandMl && pca.lockoutMin
        ? { demandMl: pca.demandMl, lockoutMin: pca.lockoutMin, maxMlPer4H: pca.maxMlPer4H ?? null }
        : null,
    notes: 'Demonstration: NOT FOR CLINICAL USE',
  });
}

const dayMin = 1_440;

function modeOf(mode: Programme['mode']): 'continuous' | 'intermittent' | 'pca' | 'steps' {
  return mode === 'continuous' || mode === 'intermittent' || mode === 'pca' ? mode : 'steps';
}
