// Scenarios in which no pump speaks: the scenario plays people, deliveries and processes; the pure judgement looks at them at
// its own pace, as the services do.
import type { Priority } from '#schemas/messages/record.ts';
import type { Label, Scenario } from '../scenario.ts';
import { beginAt, second } from './setting.ts';

/** Whom it is about, where it is about one pump. */
export const pump = 'SCORE-1';
export const lookEveryMs = 30 * second;

export type Planned = {
  kind: Scenario['kind'];
  rule: string;
  says: string;
  lastsMs: number;
  labels: Label[];
  tickMs?: number;
  alsoTrue?: readonly string[];
};

/** No pump: what is looked at comes from `look`. */
export function plannedScenario(given: Planned, look: (now: number, say: (said: Said) => void) => void): Scenario {
  const { kind, rule, says, lastsMs, labels, alsoTrue = [], tickMs = lookEveryMs } = given;
  return {
    rule,
    kind,
    says,
    beginAt,
    lastsMs,
    tickMs,
    pumps: [],
    open: () => {},
    acts: [],
    labels: () => labels,
    alsoTrue,
    looks: look,
  };
}
export type Said = Parameters<Parameters<NonNullable<Scenario['looks']>>[1]>[0];

/** Said once, by a rule without memory: the condition opens with its first finding. */
export function saying(
  type: string,
): (
  found: boolean,
  now: number,
  say: (said: Said) => void,
  said: { priority: Priority; message: string; detail: Record<string, unknown> },
) => void {
  let open = false;
  return (found, now, say, said) => {
    if (found && !open)
      say({
        pump,
        effect: { do: 'raise', id: `${type} ${now}`, type, ...said, raisedAt: now, infusion: null, ended: null },
      });
    open = found;
  };
}
