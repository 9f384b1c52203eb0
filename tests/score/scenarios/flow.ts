// Fluid flows while the pump says that it is stopped.
import type { Draw } from '../draw.ts';
import type { Scenario } from '../scenario.ts';
import { act, beginAt, drawSetting, type Family, hour, minute, scenarioOf, second } from './setting.ts';

/** A rise below this may be the last stroke, or rounding (0.2 mL), and what a stroke adds to it. */
const thresholdMl = 0.2;
const strokeMl = 0.02;

function flowWhileStopped(draw: Draw, kind: Scenario['kind']): Scenario {
  const setting = drawSetting(draw, { steadyMs: 3 * hour });
  const { pump, later, settings } = setting;
  const fault = kind === 'fault';
  const mlPerH = draw.factor(5, 600);
  const leastMl = thresholdMl * 1.05 + strokeMl;
  // Shorter than the samples of a stopped pump are apart, or for long.
  const forMs = fault
    ? Math.max(Math.ceil((leastMl / mlPerH) * hour), Math.round(draw.factor(3, 900) * second))
    : Math.floor(((thresholdMl * 0.95 - strokeMl) / mlPerH) * hour);
  const passedAfterMs = Math.ceil((leastMl / mlPerH) * hour);
  return scenarioOf(setting, {
    rule: 'flow-while-stopped',
    kind,
    says: `${mlPerH.toFixed(1)} mL/h for ${Math.round(forMs / second)} s while paused`,
    lastsMs: later - beginAt + forMs + 5 * minute,
    acts: [act(later, (on) => on.input({ do: 'free-flow', mlPerH, forMs }))],
    labels: () =>
      fault
        ? [
            {
              pump: pump.id,
              rule: 'flow-while-stopped',
              begin: later,
              end: null,
              // Seen with the next sample.
              withinMs: passedAfterMs + settings.idleCadenceMs + settings.cadenceMs + 5 * second,
              priority: 'high',
            },
          ]
        : [],
  });
}

export const flowFamilies: Family[] = [{ rule: 'flow-while-stopped', generate: flowWhileStopped }];
