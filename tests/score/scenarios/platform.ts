// The platform about itself: nobody watches, nobody on call can be reached, it is behind or many pumps fall silent at once, the
// canary is late. Each is looked at as often as the service that owns it looks.

import { idleAfterMs } from '#schemas/http/live-times.ts';
import type { Layer } from '#schemas/http/on-call.ts';
import { isNobodyWatching, shiftLookAheadMs, unreachableShifts } from '#schemas/rules/nobody-watching.ts';
import { judgePlatform } from '#schemas/rules/platform-delay.ts';
import { rotaOf, shiftsBetween } from '#schemas/rules/schedule.ts';
import { judge } from '../../../watchdog/judge.ts';
import { nextWatch, type WatchState } from '../../../watchdog/watch-state.ts';
import type { Draw } from '../draw.ts';
import type { Label, Scenario } from '../scenario.ts';
import { type Planned, plannedScenario, pump, saying } from './looked.ts';
import { beginAt, type Family, hour, minute, second } from './setting.ts';

/** How often the api looks whether anybody could hear of an alert, and how the platform does; and the watchdog's round. */
const attentionEveryMs = 15 * second;
const delayEveryMs = 5 * second;
const roundEveryMs = 10 * second;

type About = Omit<Planned, 'labels' | 'kind' | 'rule'> & { label: Omit<Label, 'pump' | 'rule'> };

function about(
  rule: string,
  kind: Scenario['kind'],
  { label, ...given }: About,
  look: NonNullable<Scenario['looks']>,
): Scenario {
  const labels = kind === 'fault' ? [{ pump, rule, ...label }] : [];
  return plannedScenario({ ...given, rule, kind, labels }, look);
}

/** Nobody touches a screen for more than 15 min, and nobody on call can be reached. */
function nobodyWatching(draw: Draw, kind: Scenario['kind']): Scenario {
  const rule = 'nobody-watching';
  const reachableMiss = kind === 'near-miss' && draw.chance(0.5);
  const factor = kind === 'fault' || reachableMiss ? draw.factor(1.05, 8) : 0.95;
  const leftAt = beginAt + draw.int(1, 30) * minute;
  const backAt = leftAt + Math.round(idleAfterMs * factor);
  // Who is on call may be lost long before the last person leaves the screen, or only afterwards.
  const latestLoss = kind === 'fault' ? backAt - 40 * second : backAt;
  const lostAt = draw.chance(0.5) ? beginAt : Math.min(latestLoss, leftAt + draw.int(0, 60) * minute);
  const isReachable = (now: number) => reachableMiss || now < lostAt || now >= backAt + hour;
  const say = saying(rule);
  return about(
    rule,
    kind,
    {
      says: `no gesture for ${((backAt - leftAt) / minute).toFixed(1)} min${reachableMiss ? ', somebody on call' : ''}`,
      lastsMs: backAt - beginAt + 10 * minute,
      tickMs: attentionEveryMs,
      label: {
        begin: Math.max(leftAt + idleAfterMs, lostAt),
        end: backAt,
        withinMs: attentionEveryMs + second,
      },
    },
    (now, tell) => {
      const lastHumanAt = now >= backAt || now < leftAt ? now : leftAt;
      const attention = { lastHumanAt, lookingSince: beginAt - hour, onCallReachable: isReachable(now), pumps: 1 };
      const message = 'Nobody is watching';
      say(isNobodyWatching(attention, now), now, tell, { priority: 'high', message, detail: {} });
    },
  );
}

/** A shift that nobody has, or somebody who can't be reached, within the hour before it begins. */
function onCallUnreachable(draw: Draw, kind: Scenario['kind']): Scenario {
  const rule = 'on-call-unreachable';
  const why = draw.one(['nobody has it', 'never reachable', 'lost'] as const);
  const incoming = 'B';
  // Hand-over some hours from the beginning, by a clock of its own.
  const handOver = draw.int(10, 20);
  const layer: Layer = {
    name: 'nights',
    timeZone: 'Etc/UTC',
    startsOn: '2026-01-04',
    endsOn: null,
    handOverAt: `${handOver}:${draw.one(['00', '15', '30', '45'])}`,
    every: { count: 1, unit: 'day' },
    members: ['A', why === 'nobody has it' ? null : incoming, 'C'],
    restrictions: [],
  };
  const rota = rotaOf({ layers: [layer], overrides: [] });
  const [, next] = shiftsBetween(rota, beginAt, beginAt + 30 * hour);
  if (!next) throw new RangeError('no hand-over');
  const dueAt = next.from - shiftLookAheadMs;
  // Who is lost later than an hour before is said at once; the time up to the shift is what is left to find another.
  const lostAt = why === 'lost' ? next.from - shiftLookAheadMs / draw.factor(1.05, 12) : dueAt;
  const isReachable = (user: string, now: number) => user !== incoming || (why === 'lost' && now < lostAt);
  const say = saying(rule);
  return about(
    rule,
    kind,
    {
      says: `${why}, ${layer.handOverAt}`,
      // Just short of it: the shift is still more than an hour away.
      lastsMs: (kind === 'fault' ? next.from : next.from - shiftLookAheadMs / 0.95) - beginAt,
      tickMs: attentionEveryMs,
      label: { begin: Math.max(dueAt, lostAt), end: next.until, withinMs: attentionEveryMs + second },
    },
    (now, tell) => {
      const shifts = shiftsBetween(rota, now, now + shiftLookAheadMs + 1).map((shift) => ({ ...shift, schedule: 'S' }));
      const missing = unreachableShifts(shifts, (user) => isReachable(user, now), now);
      const message = 'Nobody on call can be reached';
      say(missing.length > 0, now, tell, { priority: 'high', message, detail: { shifts: missing.length } });
    },
  );
}

/** Messages wait for 15 s, or more than a fifth of the fleet falls silent within a minute. */
function platformDelayed(draw: Draw, kind: Scenario['kind']): Scenario {
  const rule = 'platform-delayed';
  const fault = kind === 'fault';
  const at = beginAt + draw.int(60, 600) * second;
  const mass = draw.chance(0.5);
  const fleet = Math.round(draw.factor(30, 3_000));
  const wide = mass && !fault && draw.chance(0.5);
  const share = 0.2 * (fault || wide ? draw.factor(1.05, 4) : 0.95);
  const count = Math.min(fleet, Math.max(fault ? 5 : 0, fault ? Math.ceil(share * fleet) : Math.floor(share * fleet)));
  // As many, but so far apart that no minute sees a fifth of the fleet.
  const spreadMs = wide ? (minute * share * 1.3) / 0.2 + minute : minute * draw.between(0, 1 / 1.05);
  const silentSince = Array.from({ length: count }, (_, n) => at + Math.round((spreadMs * n) / Math.max(1, count - 1)));
  // What lies between two looks hides.
  const waitsMs = 15 * second * (fault ? draw.factor(1.05, 40) : 0.95) + (fault ? delayEveryMs : 0);
  // Silence itself is judged after a minute.
  const begin = mass ? (silentSince[Math.floor(0.2 * fleet)] ?? at) + minute : at + 15 * second;
  let isOpen = false;
  let calmSince: number | null = null;
  return about(
    rule,
    kind,
    {
      says: mass
        ? `${count} of ${fleet} silent within ${Math.round(spreadMs / second)} s`
        : `behind by ${Math.round(waitsMs / second)} s`,
      lastsMs: at - beginAt + (mass ? spreadMs : waitsMs) + 4 * minute,
      tickMs: delayEveryMs,
      label: { begin, end: null, withinMs: minute + 2 * delayEveryMs },
    },
    (now, tell) => {
      const behindMs = !mass && now >= at && now < at + waitsMs ? now - at : 0;
      const silent = mass ? silentSince.filter((since) => now - since >= minute) : [];
      const judged = judgePlatform({ behindMs, fleet, silentSince: silent }, isOpen, calmSince, now);
      calmSince = judged.calmSince;
      if (judged.do === 'raise') {
        const said = { type: rule, priority: 'high', message: 'behind', detail: { silent: judged.silent } } as const;
        tell({
          pump,
          effect: { do: 'raise', id: `delay ${now}`, ...said, raisedAt: now, infusion: null, ended: null },
        });
      }
      isOpen = judged.do === 'raise' || (isOpen && judged.do !== 'end');
    },
  );
}

/** The canary's path stops: late after 15 s, paged once it has been so for another 15 s. */
function canaryLate(draw: Draw, kind: Scenario['kind']): Scenario {
  const rule = 'canary-late';
  const part = draw.one(['commit', 'echo of ingest', 'echo of an api', 'link', 'database'] as const);
  const thresholdMs = (part === 'database' ? 15 : 30) * second;
  const at = beginAt + draw.int(120, 900) * second;
  // What lies between two rounds hides: one until it is late, one until it is confirmed.
  const factor = kind === 'fault' ? draw.factor(1.05, 40) : 0.95;
  const stoppedMs = Math.round(thresholdMs * factor) + (kind === 'fault' ? 2 * roundEveryMs : 0);
  let state: WatchState = { at: 'ok', recoveredAt: null, quietMs: 15 * second };
  let rounds = 0;
  const offsetMs = draw.int(0, 9) * second;
  const fine = { answered: true, ok: true, body: {} } as const;
  return about(
    rule,
    kind,
    {
      says: `${part} stops for ${Math.round(stoppedMs / second)} s`,
      lastsMs: at - beginAt + stoppedMs + 5 * minute,
      tickMs: second,
      label: { begin: at, end: at + stoppedMs, withinMs: minute },
    },
    (now, tell) => {
      if ((now - beginAt) % roundEveryMs !== offsetMs) return;
      rounds += 1;
      const gone = now >= at && now < at + stoppedMs ? now - at : 0;
      const findings = judge({
        sinceStartMs: now - beginAt + hour,
        readiness: { broker: fine, ingest: fine, api: fine },
        unlinkedMs: part === 'link' ? gone : 0,
        echoAgeMs: part === 'echo of ingest' ? gone : 0,
        apiEchoAgeMs: part === 'echo of an api' ? gone : 0,
        databaseDownSince: part === 'database' && gone > 0 ? at : null,
        uncommittedMs: part === 'commit' && gone > 0 ? gone : null,
        notWritten: null,
      });
      const { next, page } = nextWatch(state, findings, now);
      state = JSON.parse(JSON.stringify(next));
      if (page?.kind !== 'failing') return;
      const said = { type: rule, priority: 'high', message: 'failing', detail: { findings } } as const;
      tell({
        pump,
        effect: { do: 'raise', id: `canary ${rounds}`, ...said, raisedAt: now, infusion: null, ended: null },
      });
    },
  );
}

export const platformFamilies: Family[] = [
  { rule: 'nobody-watching', generate: nobodyWatching },
  { rule: 'on-call-unreachable', generate: onCallUnreachable },
  { rule: 'platform-delayed', generate: platformDelayed },
  { rule: 'canary-late', generate: canaryLate },
];
