// What technicians are told: a library that does not come, a battery that is worn.
import { type BatteryWatch, newBatteryWatch, watchBattery } from '#schemas/rules/battery-fade.ts';
import { judgeLibraryVersion } from '#schemas/rules/library-version.ts';
import { defaultRuleSettings } from '#schemas/rules/rule-settings.ts';
import type { Draw } from '../draw.ts';
import type { Scenario } from '../scenario.ts';
import { plannedScenario, pump, saying } from './looked.ts';
import { beginAt, type Family, hour, minute, second } from './setting.ts';

function libraryVersion(draw: Draw, kind: Scenario['kind']): Scenario {
  const graceH = defaultRuleSettings['library-version'].graceH;
  const assignedAt = beginAt + draw.int(0, 60) * minute;
  const installedH = graceH * (kind === 'fault' ? draw.factor(1.05, 2) : 0.95);
  const installAt = assignedAt + Math.round(installedH * hour);
  const say = saying('library-version');
  return plannedScenario(
    {
      kind,
      rule: 'library-version',
      says: `installed after ${installedH.toFixed(1)} h`,
      lastsMs: installAt - beginAt + hour,
      tickMs: minute,
      labels:
        kind === 'fault'
          ? [{ pump, rule: 'library-version', begin: assignedAt + graceH * hour, end: null, withinMs: 2 * minute }]
          : [],
    },
    (now, tell) => {
      const given = {
        installed: now >= installAt ? 'demo-2' : 'demo-1',
        assigned: now >= assignedAt ? 'demo-2' : 'demo-1',
        assignedAt,
        heardAt: now,
      };
      const found = judgeLibraryVersion(given, now, defaultRuleSettings['library-version']);
      say(found !== null, now, tell, { priority: 'low', message: found?.message ?? '', detail: {} });
    },
  );
}

/** A pack is worn when a full charge lasts less than 60 % of ten hours, seen on two discharges. */
function batteryFade(draw: Draw, kind: Scenario['kind']): Scenario {
  const { ratedHours, wornPct } = defaultRuleSettings['battery-fade'];
  const wornHours = (ratedHours * wornPct) / 100;
  const lasts = kind === 'fault' ? wornHours / draw.factor(1.05, 3) : wornHours / 0.95;
  const everyMs = draw.one([10, 30, 60]) * second;
  const fallen = draw.int(30, 80);
  const unpluggedMs = Math.round(((lasts * fallen) / 100) * hour);
  const pluggedMs = draw.int(60, 240) * minute;
  const cycle = unpluggedMs + pluggedMs;
  // Two discharges, and their ends by the plug.
  const begin = beginAt + cycle + unpluggedMs;
  let state: BatteryWatch = newBatteryWatch();
  let last = beginAt;
  return plannedScenario(
    {
      kind,
      rule: 'battery-fade',
      says: `a charge lasts ${lasts.toFixed(2)} h, ${fallen} points at a time`,
      lastsMs: 3 * cycle,
      tickMs: 10 * second,
      labels:
        kind === 'fault'
          ? [{ pump, rule: 'battery-fade', begin, end: null, withinMs: everyMs + 20 * second, priority: 'low' }]
          : [],
    },
    (now, tell) => {
      if (now - last < everyMs) return;
      last = now;
      const into = (now - beginAt) % cycle;
      const mains = into >= unpluggedMs;
      const pct = mains ? 100 : Math.round(100 - (into / hour / lasts) * 100);
      const step = watchBattery(state, { at: now, batteryPct: pct, mains }, defaultRuleSettings['battery-fade']);
      state = JSON.parse(JSON.stringify(step.next));
      if (step.found) {
        const { message, detail } = step.found;
        tell({
          pump,
          effect: {
            do: 'raise',
            id: `battery ${now}`,
            type: 'battery-fade',
            priority: 'low',
            message,
            detail,
            raisedAt: now,
            infusion: null,
            ended: null,
          },
        });
      }
    },
  );
}

export const technicianFamilies: Family[] = [
  { rule: 'library-version', generate: libraryVersion },
  { rule: 'battery-fade', generate: batteryFade },
];
