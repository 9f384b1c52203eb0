import { type PumpModel, unknownModel } from './care.ts';

// What makers say of their mechanisms. A model that is not here is judged coarsely.

const models: ReadonlyMap<string, PumpModel> = new Map([
  // The simulator's.
  ['meridian h2', { strokeMl: 0.02, accuracyPct: 6 }],
]);

export function modelOf(name: string): PumpModel {
  return models.get(name.trim().toLowerCase()) ?? unknownModel;
}
