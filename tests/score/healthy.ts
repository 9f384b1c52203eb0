// A fleet to which nothing happens but what happens in hospitals: alarms of the published mix, handled in the published
// times. Whatever is said beyond the pumps' own alarms and what they mean is false.
import { pagingDetail } from '#schemas/rules/paging.ts';
import { usualSettings } from '../../firmware-sim/pump-state.ts';
import { therapyOf } from '../../firmware-sim/therapies.ts';
import { Bed, type Seen } from './bed.ts';
import { careOf } from './care.ts';
import { Draw, hashOf } from './draw.ts';
import { accountsForHealthy } from './healthy-truth.ts';
import type { PumpAlarm } from './play.ts';
import { beginAt, hour, known, minute, second } from './scenarios/setting.ts';
import { VirtualPump } from './virtual-pump.ts';

export type HealthyGiven = {
  seed: number;
  /** Pumps of the fleet, by number. */
  from: number;
  to: number;
  days: number;
  cadenceS: number;
};

/** An alert as far as figures need it. Times are ms of the virtual clock. */
export type Told = Pick<Seen, 'pump' | 'type' | 'priority' | 'seenAt' | 'raisedAt' | 'endedAt' | 'message' | 'late'> & {
  critical: boolean;
  pageAfterMin: number | null;
  because: string | null;
};

export type HealthyScore = {
  pumpDays: number;
  records: number;
  /** Alarms that the pumps raised, and their hours of operation. */
  alarms: number;
  runningHours: number;
  alerts: Told[];
};

/** How far a pump runs ahead before the platform hears of it, ms: only what it is asked for comes later. */
const stretchMs = 10 * minute;
/** Time's own decisions are asked for at this distance, ms: silence is at least a minute. */
const tickMs = 10 * second;

/** Runs part of a fleet. @param progress pump-days that are done */
export function scoreHealthy(given: HealthyGiven, progress: (done: number) => void): HealthyScore {
  const score: HealthyScore = { pumpDays: 0, records: 0, alarms: 0, runningHours: 0, alerts: [] };
  for (let n = given.from; n < given.to; n += 1) {
    runOne(given, n, score);
    score.pumpDays += given.days;
    progress(score.pumpDays);
  }
  return score;
}

/** One pump after the other: none knows of another, and the memory of a week is only one pump's. */
function runOne({ seed, days, cadenceS }: HealthyGiven, n: number, score: HealthyScore): void {
  const draw = new Draw(seed, hashOf(`healthy ${n}`));
  const therapy = therapyOf(n, known);
  const id = `WELL-${String(n + 1).padStart(4, '0')}`;
  const cadenceMs = cadenceS * second;
  const pump = new VirtualPump({
    id,
    seed: draw.seed,
    n,
    therapies: [therapy],
    settings: { ...usualSettings, cadenceMs, idleCadenceMs: Math.max(minute, cadenceMs) },
    onAt: beginAt + draw.int(0, 60) * minute,
    startAfterMs: draw.int(0, 60) * minute,
  });
  const bed = new Bed({ listeningSince: beginAt - hour, asBytes: false });
  bed.add(id, 'at-patient').care = careOf(therapy);
  const endAt = beginAt + days * 24 * hour;
  let link = beginAt + draw.int(0, 24 * 60) * minute;
  let nextTick = beginAt + tickMs;
  for (let now = beginAt + stretchMs; now <= endAt; now += stretchMs) {
    // Every link breaks now and then, for less than what counts as silence.
    if (link < now) {
      pump.goOffline(draw.int(2, 25) * second);
      link += draw.int(1, 12 * 60) * minute;
    }
    for (const sent of pump.advance(now)) {
      for (; nextTick < sent.at; nextTick += tickMs) if (bed.tick(nextTick).length > 0) pump.backfill();
      bed.take(sent);
    }
    const { run } = pump.state;
    if (run.at === 'flowing') score.runningHours += stretchMs / hour;
  }
  const alarms: PumpAlarm[] = pump.truth.flatMap(({ fault, phase, code, at }) =>
    fault === 'alarm' && phase === 'start' && typeof code === 'string' ? [{ pump: id, code, at }] : [],
  );
  score.alarms += alarms.length;
  score.records += bed.records;
  for (const alert of bed.alerts) score.alerts.push(told(alert, accountsForHealthy(alert, alarms, pump.truth)));
}

function told(alert: Seen, because: string | null): Told {
  const { pump, type, priority, seenAt, raisedAt, endedAt, message, late, detail } = alert;
  return { pump, type, priority, seenAt, raisedAt, endedAt, message, late, ...pagingDetail(detail), because };
}
