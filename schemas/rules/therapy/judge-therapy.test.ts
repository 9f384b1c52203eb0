import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultRuleSettings, settingsFor } from '../rule-settings.ts';
import { deliveriesOf, type GivenSegment, type ReportedDelivery } from './dose-deliveries.ts';
import { judgeTherapy, type TherapyFacts } from './judge-therapy.ts';
import type { TherapyEffect, TherapyState } from './therapy-state.ts';

const t0 = Date.parse('2026-11-23T08:00:00Z');
const min = (minutes: number) => t0 + minutes * 60_000;
const every = (hours: number) => ({ kind: 'every' as const, hours, firstAt: new Date(t0).toISOString(), graceMin: 60 });
const facts: TherapyFacts = {
  ...{ status: 'active', statusSince: min(-600), schedule: every(6), timeZone: 'UTC', orderedMl: 100 },
  ...{ deliveries: [], visitAt: null, running: null, detail: { therapy: 'TH-1', critical: false } },
};
const dose = (startMin: number, more: Partial<ReportedDelivery> = {}): ReportedDelivery => ({
  ...{ infusion: 'i', startedAt: min(startMin), endedAt: min(startMin + 30), ml: 100, late: false, ...more },
});
type Given = Omit<Partial<TherapyFacts>, 'deliveries'> & { doses?: ReportedDelivery[]; priority?: 'medium' };

/** What looks at these minutes say, in words. */
function looks(...steps: [minute: number, given: Given][]): string[] {
  let state: TherapyState | null = null;
  return steps.flatMap(([minute, { doses = [], priority, ...given }]) => {
    const set = { 'missed-dose': priority ? { priority } : {} };
    const settings = settingsFor(
      { name: '', reason: '', reviewDate: '', changes: set, careAreas: [] },
      null,
      [],
      min(minute),
    );
    const step = judgeTherapy(state, { ...facts, ...given, deliveries: doses }, min(minute), settings, (key) => key);
    state = step.next;
    return step.effects.map((effect) => `${minute}: ${spell(effect)}`);
  });
}
const dueOf = (key: string) => `${key.split(' ')[0]}@${(Number(key.split(' ').at(-1)) - t0) / 60_000}`;
function spell(effect: TherapyEffect): string {
  switch (effect.do) {
    case 'raise':
      return `${effect.ended ? `recorded (${effect.ended.reason})` : 'raised'} ${dueOf(effect.id)} ${effect.priority}`;
    case 'worsen':
      return `worsened ${dueOf(effect.id)} ${effect.priority}`;
    case 'reopen':
      return `reopened ${dueOf(effect.id)}`;
    case 'end':
      return `ended ${dueOf(effect.id)}: ${effect.reason}${effect.detail.restated ? ', restated' : ''}`;
  }
}

const late = 'raised late-dose@0 low';
test.each<[string, [number, Given][], string[]]>([
  ['nothing before it is late', [[60, {}]], []],
  [
    'late, then begun',
    [
      [61, {}],
      [62, {}],
      [70, { doses: [dose(65)] }],
    ],
    [`61: ${late}`, '70: ended late-dose@0: the dose has begun'],
  ],
  [
    'late, then missed, then begun after all',
    [
      [61, {}],
      [241, {}],
      [245, { doses: [dose(243)] }],
      [246, { doses: [dose(243)] }],
    ],
    [
      `61: ${late}`,
      ...['241: raised missed-dose@0 low', '241: ended late-dose@0: missed by now'],
      '245: ended missed-dose@0: the dose has begun',
    ],
  ],
  [
    'missed, and the next one is given',
    [
      [241, {}],
      [365, { doses: [dose(362)] }],
    ],
    ['241: raised missed-dose@0 low', '365: ended missed-dose@0: the next dose has begun'],
  ],
  [
    'given on time while the pump was out of reach: what was said is restated',
    [
      [61, {}],
      [300, { doses: [dose(5, { late: true })] }],
    ],
    [`61: ${late}`, '300: ended late-dose@0: the dose was given, as was reported late, restated'],
  ],
  [
    'begun late between two looks: recorded, once',
    [
      [58, {}],
      [75, { doses: [dose(70)] }],
      [76, { doses: [dose(70)] }],
    ],
    ['75: recorded (the dose has begun) late-dose@0 low'],
  ],
  [
    'short, until the next dose begins',
    [
      [40, { doses: [dose(0, { ml: 50 })] }],
      [370, { doses: [dose(0, { ml: 50 }), dose(360)] }],
    ],
    ['40: raised short-dose@0 low', '370: ended short-dose@0: the next dose has begun'],
  ],
  [
    'short as far as was known, then restated by what came late',
    [
      [40, { doses: [dose(0, { ml: 50 })] }],
      [50, { doses: [dose(0, { late: true })] }],
    ],
    ['40: raised short-dose@0 low', '50: ended short-dose@0: the dose was given, as was reported late, restated'],
  ],
  [
    'a dose that turned out to be somebody else’s',
    [
      [61, {}],
      [70, { doses: [dose(65)] }],
      [80, {}],
    ],
    [`61: ${late}`, '70: ended late-dose@0: the dose has begun', '80: reopened late-dose@0'],
  ],
  [
    'on hold: nothing is late, and afterwards only what is due since',
    [
      [61, {}],
      [90, { status: 'on-hold' }],
      [300, { statusSince: min(200) }],
      [421, { statusSince: min(200) }],
    ],
    [`61: ${late}`, '90: ended late-dose@0: the therapy is on hold', '421: raised late-dose@360 low'],
  ],
  [
    'ended',
    [
      [61, {}],
      [90, { status: 'ended' }],
      [400, { status: 'ended' }],
    ],
    [`61: ${late}`, '90: ended late-dose@0: the therapy is ended'],
  ],
  ['what was due before it was active', [[300, { statusSince: min(10) }]], []],
  [
    'medium where the rules say so, also for one that is open',
    [
      [61, {}],
      [62, { priority: 'medium' }],
    ],
    [`61: ${late}`, '62: worsened late-dose@0 medium'],
  ],
  ['the therapy’s own grace', [[31, { schedule: { ...every(6), graceMin: 30 } }]], [`31: ${late}`]],
  ['a continuous therapy has no doses', [[400, { schedule: { kind: 'continuous' } }]], []],
  [
    'a schedule that was changed',
    [
      [61, {}],
      [70, { schedule: every(5) }],
      [80, { schedule: { kind: 'continuous' } }],
    ],
    [`61: ${late}`, '80: ended late-dose@0: no longer a dose that is looked for'],
  ],
])('%s', (_, steps, expected) => {
  expect(looks(...steps)).toEqual(expected);
});

const visit = (endMin: number | null, visitMin: number | null): Given => ({
  schedule: { kind: 'continuous' },
  running: { infusion: 'i', endAt: endMin === null ? null : min(endMin) },
  visitAt: visitMin === null ? null : min(visitMin),
});
test.each<[string, [number, Given][], string[]]>([
  ['the bag lasts', [[0, visit(700, 690)]], []],
  [
    'it ends before the visit: day list, medium from 2 h before',
    [
      [0, visit(600, 700)],
      [480, visit(600, 700)],
    ],
    ['0: raised low', '480: worsened medium'],
  ],
  [
    'a new bag',
    [
      [0, visit(600, 700)],
      [10, visit(1600, 700)],
    ],
    ['0: raised low', '10: ended: it lasts until the visit'],
  ],
  [
    'it stops',
    [
      [0, visit(600, 700)],
      [10, { schedule: { kind: 'continuous' } }],
    ],
    ['0: raised low', '10: ended: it no longer runs'],
  ],
  [
    'a visit is moved to the past',
    [
      [0, visit(600, 700)],
      [10, visit(600, null)],
    ],
    ['0: raised low', '10: ended: no visit or delivery is awaited'],
  ],
  [
    'an end that is not known changes nothing',
    [
      [0, visit(600, 700)],
      [10, visit(null, 700)],
    ],
    ['0: raised low'],
  ],
  [
    'doses follow each other: no bag is awaited',
    [[0, { ...visit(600, 700), schedule: every(6), doses: [dose(0)] }]],
    [],
  ],
])('before a visit: %s', (_, steps, expected) => {
  expect(looks(...steps).map((words) => words.replace(/ ends-before-visit@[\d-]+/, ''))).toEqual(expected);
});

test('two processes derive one id from a dose and a rule; each alert is raised once and ended at most once', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -100, max: 2_000 }), { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 5, maxLength: 40 }),
      (starts, gaps) => {
        const doses = [...starts].sort((a, b) => a - b).map((start) => dose(start));
        let state: TherapyState | null = null;
        let minute = 0;
        const open = new Set<string>();
        const ever = new Set<string>();
        for (const gap of gaps) {
          minute += gap;
          const known = doses.filter(({ startedAt }) => startedAt <= min(minute));
          const given = { ...facts, deliveries: known };
          const step = judgeTherapy(state, given, min(minute), defaultRuleSettings, (key) => key);
          state = step.next;
          for (const effect of step.effects) {
            if (effect.do === 'raise') {
              expect(ever.has(effect.id)).toBe(false);
              ever.add(effect.id);
              if (!effect.ended) open.add(effect.id);
              expect(effect.raisedAt).toBeLessThanOrEqual(min(minute));
            } else if (effect.do === 'end') expect(open.delete(effect.id)).toBe(true);
          }
          expect(new Set(state?.open.map(({ id }) => id))).toEqual(open);
        }
      },
    ),
  );
});

const segment = (startMin: number, endMin: number | null, rateMlPerH: number, more: Partial<GivenSegment> = {}) => ({
  ...{ infusion: 'i', startedAt: min(startMin), endedAt: endMin === null ? null : min(endMin), rateMlPerH },
  ...{ ml: endMin === null ? null : ((endMin - startMin) * rateMlPerH) / 60, late: false, ...more },
  ...{ endedBy: endMin === null ? null : (more.endedBy ?? 'stop'), reason: more.reason ?? null },
});
test.each<[string, ReturnType<typeof segment>[], number | null, string[]]>([
  ['samples alone', [], 30, ['0-30 60 mL']],
  ['one dose', [segment(0, 30, 120, { endedBy: 'complete' })], 31, ['0-30 60 mL']],
  [
    'a stop in the middle',
    [segment(0, 10, 120, { reason: 'alarm' }), segment(20, 40, 120, { endedBy: 'complete' })],
    40,
    ['0-40 60 mL'],
  ],
  [
    'KVO between two doses',
    [segment(0, 30, 120, { endedBy: 'complete' }), segment(30, 360, 0.5), segment(360, null, 120)],
    null,
    ['0-30 60 mL', '360-… null mL'],
  ],
  [
    'doses with pauses',
    [segment(0, 30, 120, { reason: 'between-doses' }), segment(360, 390, 120, { endedBy: 'complete' })],
    390,
    ['0-30 60 mL', '360-390 60 mL'],
  ],
  ['stopped and given up', [segment(0, 10, 120, { reason: 'clinician' })], 50, ['0-50 20 mL']],
  ['stopped, to go on', [segment(0, 10, 120, { reason: 'alarm' })], null, ['0-… 20 mL']],
])('deliveries of an infusion: %s', (_, segments, endMin, expected) => {
  const infusion = { infusion: 'i', startedAt: t0, endedAt: endMin === null ? null : min(endMin), ml: 60, late: false };
  const told = deliveriesOf([{ ...infusion, segments }]).map(({ startedAt, endedAt, ml }) => {
    const at = (ms: number | null) => (ms === null ? '…' : (ms - t0) / 60_000);
    return `${at(startedAt)}-${at(endedAt)} ${ml} mL`;
  });
  expect(told).toEqual(expected);
});
