import type { ChartedAction } from './csv.ts';

/** One charted infusion. */
export type ChartedInfusion = { name: string; patient: string; actions: ChartedAction[] };

/** What one pump runs, one infusion after the other. */
export type Channel = { pump: string; patient: string; infusions: ChartedInfusion[] };

const firstS = (infusion: ChartedInfusion) => infusion.actions[0]?.offsetS ?? 0;
const lastS = (infusion: ChartedInfusion) => infusion.actions.at(-1)?.offsetS ?? 0;

/**
 * Gives each infusion a pump that is free: as few pumps per patient as run at the same time. The same file always gives
 * the same pumps.
 */
export function allocateChannels(actions: readonly ChartedAction[], prefix: string): Channel[] {
  const infusions = new Map<string, ChartedInfusion>();
  for (const action of actions) {
    const known = infusions.get(action.infusion);
    if (known) known.actions.push(action);
    else infusions.set(action.infusion, { name: action.infusion, patient: action.patient, actions: [action] });
  }
  const patients = new Map<string, Channel[]>();
  for (const infusion of [...infusions.values()].sort((a, b) => firstS(a) - firstS(b))) {
    const channels = patients.get(infusion.patient) ?? [];
    patients.set(infusion.patient, channels);
    const free = channels.find((channel) => {
      const last = channel.infusions.at(-1);
      return last === undefined || lastS(last) < firstS(infusion);
    });
    if (free) free.infusions.push(infusion);
    else {
      const pump = `${prefix}${infusion.patient}-${channels.length + 1}`;
      channels.push({ pump, patient: infusion.patient, infusions: [infusion] });
    }
  }
  return [...patients.values()].flat();
}

/** Length of a patient's stay in the file, s. */
export function stayS(channels: readonly Channel[], patient: string): number {
  const ends = channels
    .filter((channel) => channel.patient === patient)
    .flatMap(({ infusions }) => infusions.map(lastS));
  return ends.reduce((most, end) => Math.max(most, end), 0);
}
