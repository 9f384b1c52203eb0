import * as z from 'zod';
import { drugKey } from '../library/drug-entry.ts';
import { priorities } from '../messages/record.ts';

// Thresholds of the rules, with their ranges: defaults, then the rule set, then the care area, then the patient's
// exception. A rule set is versioned and four-eyed like a drug library (library/version.ts).

const minutes = z.number().min(0).max(10_080);
const pct = z.number().min(0).max(1000);
const hours = z.number().min(0).max(720);
const count = z.int().min(1).max(1000);

const rules = {
  'silent-pump': z.strictObject({
    pageAfterMin: minutes,
    criticalPageAfterMin: minutes,
    prostacyclinPageAfterMin: minutes,
    beforeEmptyMin: minutes,
  }),
  'programme-against-order': z.strictObject({
    mediumFromPct: pct,
    highFromPct: pct,
    ratioTolerancePct: z.number().min(0).max(20),
    /** How long a rate must run before telemetry alone is believed. */
    telemetryMin: z.number().min(1).max(10),
  }),
  'no-verified-order': z.strictObject({ graceMin: minutes }),
  'programme-against-library': z.strictObject({ hardLimit: z.enum(priorities), notInLibrary: z.enum(priorities) }),
  'soft-limit-without-override': z.strictObject({ waitS: z.number().min(10).max(3600) }),
  'delivery-deviation': z.strictObject({
    bandPoints: z.number().min(1).max(100),
    strokes: z.int().min(20).max(1000),
    windows: z.int().min(1).max(10),
  }),
  counters: z.strictObject({ toleranceMl: z.number().min(0.001).max(10), tolerancePct: z.number().min(0).max(10) }),
  'missed-dose': z.strictObject({
    earlyMin: minutes,
    lateAfterMin: minutes,
    missedAfterMin: minutes,
    shortPct: z.number().min(1).max(100),
    priority: z.enum(['medium', 'low']),
  }),
  'ends-before-visit': z.strictObject({ marginMin: minutes, mediumBeforeMin: minutes }),
  'occlusion-trend': z.strictObject({
    alarmKpa: z.number().min(10).max(500),
    leastSlopeKpaPerMin: z.number().min(0.01).max(100),
    leastRiseKpa: z.number().min(0.5).max(100),
    lowBeforeMin: minutes,
    mediumBeforeMin: minutes,
  }),
  'repeated-occlusion': z.strictObject({ times: z.int().min(2).max(100), withinMin: z.number().min(1).max(1440) }),
  'pca-demand': z.strictObject({ leastUnanswered: count, timesGiven: z.number().min(1).max(100) }),
  'running-on-hold': z.strictObject({ highClasses: z.array(z.string().toLowerCase().max(120)).max(100) }),
  'library-version': z.strictObject({ graceH: hours }),
  'battery-fade': z.strictObject({ ratedHours: z.number().min(0.5).max(720), wornPct: z.number().min(5).max(100) }),
  'announced-work': z.strictObject({
    holdMin: z.number().min(1).max(60),
    criticalHoldMin: z.number().min(0).max(15),
  }),
  'expected-offline': z.strictObject({ mostHours: z.number().min(0).max(72) }),
};

export const ruleSettings = z.strictObject(rules);
export type RuleSettings = z.infer<typeof ruleSettings>;
export type RuleName = keyof RuleSettings;

const some = <Shape extends z.core.$ZodLooseShape>(rule: z.ZodObject<Shape, z.core.$strict>) =>
  rule.partial().optional();

/** What differs from the level below: rules and single settings that are not named stay as they are. */
export const ruleChanges = z.strictObject({
  'silent-pump': some(rules['silent-pump']),
  'programme-against-order': some(rules['programme-against-order']),
  'no-verified-order': some(rules['no-verified-order']),
  'programme-against-library': some(rules['programme-against-library']),
  'soft-limit-without-override': some(rules['soft-limit-without-override']),
  'delivery-deviation': some(rules['delivery-deviation']),
  counters: some(rules.counters),
  'missed-dose': some(rules['missed-dose']),
  'ends-before-visit': some(rules['ends-before-visit']),
  'occlusion-trend': some(rules['occlusion-trend']),
  'repeated-occlusion': some(rules['repeated-occlusion']),
  'pca-demand': some(rules['pca-demand']),
  'running-on-hold': some(rules['running-on-hold']),
  'library-version': some(rules['library-version']),
  'battery-fade': some(rules['battery-fade']),
  'announced-work': some(rules['announced-work']),
  'expected-offline': some(rules['expected-offline']),
});
export type RuleChanges = z.infer<typeof ruleChanges>;

const text = z.string().min(1).max(500);

/** What a version of a rule set holds. */
export const ruleSet = z.strictObject({
  name: z.string().min(1).max(120),
  reason: text,
  reviewDate: z.iso.date('a date such as 2026-11-22'),
  changes: ruleChanges,
  careAreas: z.array(z.strictObject({ careArea: z.string().min(1).max(120), changes: ruleChanges })).max(200),
});
export type RuleSet = z.infer<typeof ruleSet>;

/** One patient's exception: by whom, why, and until when. */
export const ruleException = z
  .strictObject({
    patient: z.string().min(1),
    changes: ruleChanges,
    author: z.string().min(1),
    reason: text,
    from: z.iso.datetime({ offset: true }),
    expiresAt: z.iso.datetime({ offset: true }),
  })
  .refine((exception) => Date.parse(exception.from) < Date.parse(exception.expiresAt), {
    path: ['expiresAt'],
    message: 'after its beginning: an exception always expires',
  });
export type RuleException = z.infer<typeof ruleException>;

/** Care areas that stand twice in a rule set, whose settings would contradict each other. */
export function repeatedCareAreas(set: RuleSet): string[] {
  const keys = set.careAreas.map(({ careArea }) => drugKey(careArea));
  return set.careAreas
    .filter(({ careArea }, index) => keys.indexOf(drugKey(careArea)) < index)
    .map((area) => area.careArea);
}
