import type { PumpRuleState } from '../pump-rule-state.ts';
import { isRunning } from '../pump-rule-state.ts';
import type { CareFacts } from './care.ts';
import type { KnownProgramme } from './check-state.ts';
import { type Care, settleCare } from './settle-care.ts';

// Which infusion the second check is about.

export type CurrentInfusion = { epochNo: number; infusion: number | null; programme: KnownProgramme | null };

/** What runs, is paused or is programmed to begin; null: nothing, or what ran is complete. */
export function currentInfusion({ lastSample, check }: PumpRuleState): CurrentInfusion | null {
  const { programme } = check;
  if (programme && isNewer(programme, lastSample)) {
    return { epochNo: programme.epochNo, infusion: programme.infusion, programme };
  }
  if (lastSample === null || lastSample.state === 'complete') return null;
  const { epochNo, infusion, state } = lastSample;
  if (infusion === null) {
    // A pump that names its infusions nowhere but in its programmes.
    const goesOn = isRunning(state) || state === 'paused' || state === 'alarm';
    return goesOn ? { epochNo, infusion, programme: programme?.epochNo === epochNo ? programme : null } : null;
  }
  const known = programme?.epochNo === epochNo && programme.infusion === infusion ? programme : null;
  return { epochNo, infusion, programme: known };
}

/** Whether a programme came after the newest sample, or is of an infusion that no sample names yet. */
function isNewer(programme: KnownProgramme, sample: PumpRuleState['lastSample']): boolean {
  if (sample === null || programme.epochNo !== sample.epochNo)
    return sample === null || programme.epochNo > sample.epochNo;
  return programme.seq > sample.seq || (sample.infusion !== null && programme.infusion > sample.infusion);
}

/** What counts for it now, made anew only where something differs; null: nothing was looked up yet. */
export function careNow(state: PumpRuleState, facts: CareFacts | null, now: number): Care | null {
  if (facts === null) return null;
  const programme = currentInfusion(state)?.programme?.content ?? null;
  const { care } = state.check;
  if (care && care.facts === facts && care.programme === programme && now < care.until) return care;
  return settleCare(facts, programme, now);
}
