import { drugKey } from '../library/drug-entry.ts';
import {
  type RuleChanges,
  type RuleException,
  type RuleSet,
  type RuleSettings,
  repeatedCareAreas,
} from './rule-set.ts';

// Which thresholds hold for a patient's pump at a moment.

/** Defaults of the catalogue (alerts-and-limits.md). */
export const defaultRuleSettings: RuleSettings = {
  'silent-pump': { pageAfterMin: 30, criticalPageAfterMin: 10, prostacyclinPageAfterMin: 5, beforeEmptyMin: 60 },
  'programme-against-order': { mediumFromPct: 10, highFromPct: 25, ratioTolerancePct: 5, telemetryMin: 5 },
  'no-verified-order': { graceMin: 0 },
  'programme-against-library': { hardLimit: 'high', notInLibrary: 'medium' },
  'soft-limit-without-override': { waitS: 60 },
  'delivery-deviation': { bandPoints: 10, strokes: 20, windows: 2 },
  counters: { toleranceMl: 0.1, tolerancePct: 1 },
  'missed-dose': { earlyMin: 60, lateAfterMin: 60, missedAfterMin: 240, shortPct: 10, priority: 'low' },
  'ends-before-visit': { marginMin: 0, mediumBeforeMin: 120 },
  'occlusion-trend': { alarmKpa: 80, leastSlopeKpaPerMin: 0.5, leastRiseKpa: 5, lowBeforeMin: 60, mediumBeforeMin: 10 },
  'repeated-occlusion': { times: 3, withinMin: 10 },
  'pca-demand': { leastUnanswered: 6, timesGiven: 3 },
  'running-on-hold': { highClasses: ['opioid', 'chemotherapy'] },
  'library-version': { graceH: 24 },
  'battery-fade': { ratedHours: 10, wornPct: 60 },
  'announced-work': { holdMin: 15, criticalHoldMin: 3 },
  'expected-offline': { mostHours: 12 },
};

/** Settings for a care area and patient now: the most particular level wins, setting by setting. */
export function settingsFor(
  set: RuleSet | null,
  careArea: string | null,
  exceptions: readonly RuleException[],
  now: number,
): RuleSettings {
  const area = careArea === null ? null : drugKey(careArea);
  const levels = [
    set?.changes,
    set?.careAreas.find((known) => drugKey(known.careArea) === area)?.changes,
    ...exceptions.filter((given) => isInForce(given, now)).map((given) => given.changes),
  ];
  return levels.reduce<RuleSettings>(
    (settings, changes) => (changes ? changed(settings, changes) : settings),
    defaultRuleSettings,
  );
}

/** Whether an exception counts at a moment. */
export function isInForce(exception: RuleException, now: number): boolean {
  return Date.parse(exception.from) <= now && now < Date.parse(exception.expiresAt);
}

function changed(settings: RuleSettings, changes: RuleChanges): RuleSettings {
  return {
    'silent-pump': over(settings['silent-pump'], changes['silent-pump']),
    'programme-against-order': over(settings['programme-against-order'], changes['programme-against-order']),
    'no-verified-order': over(settings['no-verified-order'], changes['no-verified-order']),
    'programme-against-library': over(settings['programme-against-library'], changes['programme-against-library']),
    'soft-limit-without-override': over(
      settings['soft-limit-without-override'],
      changes['soft-limit-without-override'],
    ),
    'delivery-deviation': over(settings['delivery-deviation'], changes['delivery-deviation']),
    counters: over(settings.counters, changes.counters),
    'missed-dose': over(settings['missed-dose'], changes['missed-dose']),
    'ends-before-visit': over(settings['ends-before-visit'], changes['ends-before-visit']),
    'occlusion-trend': over(settings['occlusion-trend'], changes['occlusion-trend']),
    'repeated-occlusion': over(settings['repeated-occlusion'], changes['repeated-occlusion']),
    'pca-demand': over(settings['pca-demand'], changes['pca-demand']),
    'running-on-hold': over(settings['running-on-hold'], changes['running-on-hold']),
    'library-version': over(settings['library-version'], changes['library-version']),
    'battery-fade': over(settings['battery-fade'], changes['battery-fade']),
    'announced-work': over(settings['announced-work'], changes['announced-work']),
    'expected-offline': over(settings['expected-offline'], changes['expected-offline']),
  };
}

/** A setting that is present and undefined changes nothing: a threshold must never vanish. */
function over<T extends object>(base: T, change: Partial<T> | undefined): T {
  const given = Object.entries(change ?? {}).filter(([, value]) => value !== undefined);
  return { ...base, ...Object.fromEntries(given) };
}

export type RuleSetProblem = { path: string; what: string; expected: string };

/** What can't be right of a rule set by itself, level by level; rule-set-standing.ts knows what is around it. */
export function checkRuleSet(set: RuleSet): RuleSetProblem[] {
  const problems: RuleSetProblem[] = repeatedCareAreas(set).map((careArea) => ({
    path: 'careAreas',
    what: `${careArea} stands twice`,
    expected: 'each care area once',
  }));
  problems.push(...checkSettings('changes', settingsFor(set, null, [], 0)));
  for (const [index, { careArea }] of set.careAreas.entries()) {
    problems.push(...checkSettings(`careAreas[${index}]`, settingsFor(set, careArea, [], 0)));
  }
  return problems;
}

/** What contradicts itself in settings, as they hold on one level. */
export function checkSettings(path: string, settings: RuleSettings): RuleSetProblem[] {
  const problems: RuleSetProblem[] = [];
  const ordered = (rule: keyof RuleSettings, low: [string, number], high: [string, number]) => {
    if (low[1] <= high[1]) return;
    const what = `${low[0]} ${low[1]} is above ${high[0]} ${high[1]}`;
    problems.push({ path: `${path}.${rule}`, what, expected: `${low[0]} ≤ ${high[0]}` });
  };
  const order = settings['programme-against-order'];
  ordered('programme-against-order', ['mediumFromPct', order.mediumFromPct], ['highFromPct', order.highFromPct]);
  const dose = settings['missed-dose'];
  ordered('missed-dose', ['lateAfterMin', dose.lateAfterMin], ['missedAfterMin', dose.missedAfterMin]);
  const silent = settings['silent-pump'];
  ordered('silent-pump', ['criticalPageAfterMin', silent.criticalPageAfterMin], ['pageAfterMin', silent.pageAfterMin]);
  ordered(
    'silent-pump',
    ['prostacyclinPageAfterMin', silent.prostacyclinPageAfterMin],
    ['criticalPageAfterMin', silent.criticalPageAfterMin],
  );
  const trend = settings['occlusion-trend'];
  ordered('occlusion-trend', ['mediumBeforeMin', trend.mediumBeforeMin], ['lowBeforeMin', trend.lowBeforeMin]);
  const work = settings['announced-work'];
  ordered('announced-work', ['criticalHoldMin', work.criticalHoldMin], ['holdMin', work.holdMin]);
  return problems;
}
