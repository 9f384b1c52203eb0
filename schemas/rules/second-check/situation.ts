import { emptyMatters, isCriticalDrug } from '../alarm-catalogue.ts';
import type { PumpRuleState } from '../pump-rule-state.ts';
import type { CareFacts } from './care.ts';
import { careNow, currentInfusion } from './current-infusion.ts';
import type { Care } from './settle-care.ts';

export type Situation = { care: Care | null; critical: boolean; emptyMatters: boolean };

/**
 * What an alarm of this infusion means for the patient: by the library and the record, where they are known and are about
 * this infusion, else by the drug's name. Where nobody says which drug it is, any that the patient gets may be it.
 */
export function situationOf(
  state: PumpRuleState,
  facts: CareFacts | null,
  infusion: number | null,
  now: number,
): Situation {
  const current = currentInfusion(state);
  const isCurrent = current === null || infusion === null || current.infusion === infusion;
  const care = isCurrent ? careNow(state, facts, now) : null;
  if (care && care.drug !== null) return { care, critical: care.critical, emptyMatters: care.emptyMatters };
  const drug = infusion !== null && state.drug?.infusion === infusion ? state.drug.name : null;
  return {
    care,
    critical: isCriticalDrug(drug) || (drug === null && care?.critical === true),
    emptyMatters: emptyMatters(drug) || care?.emptyMatters === true,
  };
}
