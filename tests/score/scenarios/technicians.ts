// What technicians are told: a library that does not come, a battery that is worn.
import { judgeLibraryVersion } from '#schemas/rules/library-version.ts';
import { defaultRuleSettings } from '#schemas/rules/rule-settings.ts';
import type { Draw } from '../draw.ts';
import type { Scenario } from '../scenario.ts';
import { plannedScenario, pump, saying } from './looked.ts';
import { beginAt, drawSetting, type Family, hour, minute, scenarioOf, second } from './setting.ts';

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

/** A pack is worn when a full charge lasts less than 60 % of ten hours, seen on two discharges: by what the pump's samples say. */
function batteryFade(draw: Draw, kind: Scenario['kind']): Scenario {
  const { ratedHours, wornPct } = defaultRuleSettings['battery-fade'];
  const wornHours = (ratedHours * wornPct) / 100;
  const lasts = kind === 'fault' ? wornHours / draw.factor(1.05, 3) : wornHours / 0.95;
  const fallen = draw.int(30, 80);
  const unpluggedMs = Math.round(((lasts * fallen) / 100) * hour);
  const pluggedMs = draw.int(60, 240) * minute;
  const cycle = unpluggedMs + pluggedMs;
  const setting = drawSetting(draw, { steadyMs: 2 * cycle + hour });
  const { pump, later, settings } = setting;
  pump.alter = ({ draft }, at) => {
    if (draft.kind !== 'sample') return [draft];
    const into = at < later ? cycle : (at - later) % cycle;
    const mains = into >= unpluggedMs;
    return [{ ...draft, mains, batteryPct: mains ? 100 : Math.round(100 - (into / hour / lasts) * 100) }];
  };
  // Two discharges, and their ends by the plug.
  const begin = later + cycle + unpluggedMs;
  return scenarioOf(setting, {
    rule: 'battery-fade',
    kind,
    says: `a charge lasts ${lasts.toFixed(2)} h, ${fallen} points at a time`,
    lastsMs: begin - beginAt + 5 * minute,
    tickMs: 30 * second,
    acts: [],
    labels: () => {
      // The next sample tells it, at the idle cadence where the infusion is over by then.
      const withinMs = Math.max(settings.cadenceMs, settings.idleCadenceMs) + second;
      return kind === 'fault'
        ? [{ pump: pump.id, rule: 'battery-fade', begin, end: null, withinMs, priority: 'low' }]
        : [];
    },
  });
}

export const technicianFamilies: Family[] = [
  { rule: 'library-version', generate: libraryVersion },
  { rule: 'battery-fade', generate: batteryFade },
];
