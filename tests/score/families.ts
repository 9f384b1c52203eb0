// Every rule that scenarios are made for, and the making of them.
import { Draw, hashOf } from './draw.ts';
import type { Scenario } from './scenario.ts';
import { againstLibraryFamilies } from './scenarios/against-library.ts';
import { againstOrderFamilies } from './scenarios/against-order.ts';
import { deliveryFamilies } from './scenarios/delivery.ts';
import { doseFamilies } from './scenarios/doses.ts';
import { flowFamilies } from './scenarios/flow.ts';
import { linkFamilies } from './scenarios/link.ts';
import { plannedFamilies } from './scenarios/planned.ts';
import { platformFamilies } from './scenarios/platform.ts';
import { pumpAlarmFamilies } from './scenarios/pump-alarms.ts';
import type { Family } from './scenarios/setting.ts';
import { technicianFamilies } from './scenarios/technicians.ts';
import { therapyFamilies } from './scenarios/therapy.ts';

export const families: readonly Family[] = [
  ...pumpAlarmFamilies,
  ...linkFamilies,
  ...flowFamilies,
  ...againstOrderFamilies,
  ...againstLibraryFamilies,
  ...doseFamilies,
  ...deliveryFamilies,
  ...therapyFamilies,
  ...plannedFamilies,
  ...technicianFamilies,
  ...platformFamilies,
];

/** The n-th scenario of a rule; always the same for a seed. */
export function scenarioNo(family: Family, seed: number, n: number, kind: Scenario['kind']): Scenario {
  const own = hashOf(`${family.rule} ${kind} ${n}`);
  return family.generate(new Draw(seed, own), kind);
}
