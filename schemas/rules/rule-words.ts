import type { RuleName, RuleSettings } from './rule-set.ts';
import { spellNumber } from './words.ts';

// What the settings of the rules are called on screens and in differences.

export type SettingWords = { label: string; unit: string };
type RuleWords<Name extends RuleName> = {
  title: string;
  settings: { [Setting in keyof RuleSettings[Name]]: SettingWords };
};

const of = (label: string, unit = ''): SettingWords => ({ label, unit });

export const ruleWords: { [Name in RuleName]: RuleWords<Name> } = {
  'silent-pump': {
    title: 'Silent pump',
    settings: {
      pageAfterMin: of('paged after', 'min'),
      criticalPageAfterMin: of('★ drug paged after', 'min'),
      prostacyclinPageAfterMin: of('prostacyclin paged after', 'min'),
      beforeEmptyMin: of('high before the predicted empty time by', 'min'),
    },
  },
  'programme-against-order': {
    title: 'Programme against order',
    settings: {
      mediumFromPct: of('medium from', '%'),
      highFromPct: of('high from', '%'),
      ratioTolerancePct: of('a ratio is named within', '%'),
      telemetryMin: of('telemetry alone is believed after', 'min'),
    },
  },
  'no-verified-order': { title: 'No verified order', settings: { graceMin: of('grace', 'min') } },
  'programme-against-library': {
    title: 'Programme against library',
    settings: { hardLimit: of('hard limit passed'), notInLibrary: of('not in the library') },
  },
  'soft-limit-without-override': {
    title: 'Soft limit without override',
    settings: { waitS: of('waits for the override', 's') },
  },
  'delivery-deviation': {
    title: 'Delivered against programmed',
    settings: {
      bandPoints: of('band beyond the model’s accuracy', 'points'),
      strokes: of('judged after', 'strokes'),
      windows: of('windows in a row'),
    },
  },
  counters: {
    title: 'Counters',
    settings: { toleranceMl: of('tolerance', 'mL'), tolerancePct: of('tolerance', '%') },
  },
  'missed-dose': {
    title: 'Missed, late and short doses',
    settings: {
      earlyMin: of('counts from before it is due by', 'min'),
      lateAfterMin: of('late after', 'min'),
      missedAfterMin: of('missed after', 'min'),
      shortPct: of('short by more than', '%'),
      priority: of('priority'),
    },
  },
  'ends-before-visit': {
    title: 'Ends before the visit',
    settings: { marginMin: of('margin', 'min'), mediumBeforeMin: of('medium before the end by', 'min') },
  },
  'occlusion-trend': {
    title: 'Occlusion trend',
    settings: {
      alarmKpa: of('alarm pressure', 'kPa'),
      leastSlopeKpaPerMin: of('least slope', 'kPa/min'),
      leastRiseKpa: of('least rise', 'kPa'),
      lowBeforeMin: of('low before the alarm by', 'min'),
      mediumBeforeMin: of('medium before the alarm by', 'min'),
    },
  },
  'repeated-occlusion': {
    title: 'Repeated occlusion',
    settings: { times: of('times'), withinMin: of('within', 'min') },
  },
  'pca-demand': {
    title: 'PCA demand',
    settings: { leastUnanswered: of('unanswered demands in 1 h'), timesGiven: of('times as many as given') },
  },
  'running-on-hold': { title: 'Running on hold', settings: { highClasses: of('high for the classes') } },
  'library-version': { title: 'Library version', settings: { graceH: of('grace', 'h') } },
  'battery-fade': {
    title: 'Battery fade',
    settings: { ratedHours: of('a new battery lasts', 'h'), wornPct: of('worn below', '%') },
  },
  'announced-work': {
    title: 'Announced work',
    settings: { holdMin: of('holds for', 'min'), criticalHoldMin: of('★ drug held for', 'min') },
  },
  'expected-offline': { title: 'Expected offline', settings: { mostHours: of('held for at most', 'h') } },
};

export const ruleNames: readonly RuleName[] = [
  'silent-pump',
  'programme-against-order',
  'no-verified-order',
  'programme-against-library',
  'soft-limit-without-override',
  'delivery-deviation',
  'counters',
  'missed-dose',
  'ends-before-visit',
  'occlusion-trend',
  'repeated-occlusion',
  'pca-demand',
  'running-on-hold',
  'library-version',
  'battery-fade',
  'announced-work',
  'expected-offline',
];

/** Every setting of a rule with its words, in the order in which it is shown. */
export function settingsOf(rule: RuleName): [setting: string, words: SettingWords][] {
  return Object.entries<SettingWords>(ruleWords[rule].settings);
}

export type SettingValue = number | string | readonly string[];

/** A setting's value with its unit; undefined: the level below says it. */
export function spellSetting(value: SettingValue, unit: string): string {
  if (typeof value === 'number') return `${spellNumber(value)}${unit === '' ? '' : unit === '%' ? ' %' : ` ${unit}`}`;
  if (typeof value === 'string') return value;
  return value.length === 0 ? 'none' : value.join(', ');
}
