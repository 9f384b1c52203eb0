// Plays a scenario: pumps, acts and the platform's seconds in the order of the virtual clock.
import { Bed, type Seen } from './bed.ts';
import type { Label, Scenario, Stage } from './scenario.ts';
import type { Sent } from './virtual-pump.ts';

/** A pump's alarm that really was. */
export type PumpAlarm = { pump: string; code: string; at: number };
export type Played = {
  scenario: Scenario;
  labels: Label[];
  alerts: readonly Seen[];
  alarms: PumpAlarm[];
  pumpDays: number;
};

/** @throws whatever an act throws: a scenario that can't be played proves nothing */
export function play(scenario: Scenario): Played {
  const { beginAt, lastsMs, tickMs, pumps } = scenario;
  const bed = new Bed({ listeningSince: beginAt - 3_600_000, asBytes: true });
  scenario.open(bed);
  const stage: Stage = { pumps, bed };
  const acts = [...scenario.acts].sort((a, b) => a.at - b.at);
  const endAt = beginAt + lastsMs;
  const waiting: Sent[] = [];
  const runTo = (to: number) => {
    for (const pump of pumps) waiting.push(...pump.advance(to));
    waiting.sort((a, b) => a.at - b.at);
  };
  const hear = (until: number) => {
    const heard = waiting.findIndex((sent) => sent.at > until);
    for (const sent of waiting.splice(0, heard < 0 ? waiting.length : heard)) bed.take(sent);
  };
  for (let now = beginAt + tickMs; now <= endAt; now += tickMs) {
    for (let act = acts[0]; act && act.at <= now; act = acts[0]) {
      acts.shift();
      runTo(act.at);
      hear(act.at);
      act.do(stage);
    }
    runTo(now);
    hear(now);
    scenario.looks?.(now, ({ pump, effect }) => bed.say(pump, effect, now));
    for (const id of bed.tick(now)) pumps.find((pump) => pump.id === id)?.backfill();
  }
  const alarms = pumps.flatMap(({ id, truth }) =>
    truth.flatMap(({ fault, phase, code, at }) =>
      fault === 'alarm' && phase === 'start' && typeof code === 'string' ? [{ pump: id, code, at }] : [],
    ),
  );
  const pumpDays = (Math.max(1, bed.pumps.size) * lastsMs) / 86_400_000;
  return { scenario, labels: scenario.labels(stage), alerts: bed.alerts, alarms, pumpDays };
}
