import { endConditions } from './conditions.ts';
import { judgeLibraryVersion } from './library-version.ts';
import type { PumpRuleState, RuleContext, RuleStep } from './pump-rule-state.ts';
import { raiseAtTick } from './upkeep.ts';

// A pump that is on another library than the one assigned to it, once it has had the time to install it: raised at a tick,
// and over by itself.

/** `graceH`: as the rule set says for where the pump is used. */
export type PumpLibrary = { installed: string | null; assigned: string | null; assignedAt: number; graceH: number };

const key = 'library-version';

/** @param given.onBench it is being tested or repaired: its library is not yet what patients get */
export function judgeLibrary(
  state: PumpRuleState,
  now: number,
  given: PumpLibrary & { onBench: boolean },
  context: RuleContext,
): RuleStep {
  const { installed, assigned, assignedAt, graceH, onBench } = given;
  const isOpen = state.open.some((open) => open.key === key);
  const differs = assigned !== null && installed !== assigned && !onBench;
  if (isOpen && !differs) {
    const why = onBench
      ? 'on the bench'
      : assigned === null
        ? 'no library is assigned any more'
        : `library ${assigned} installed`;
    return endConditions(state, (open) => open.key === key, now, why);
  }
  if (isOpen || !differs) return { next: state, effects: [] };
  const found = judgeLibraryVersion({ installed, assigned, assignedAt, heardAt: state.contactAt }, now, { graceH });
  if (found === null) return { next: state, effects: [] };
  const { priority, message, detail } = found;
  return raiseAtTick(state, { key, priority, message, detail }, now, context);
}
