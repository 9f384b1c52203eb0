import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordSchemas } from '#schemas/messages/record.ts';
import { multistep } from './modes/multistep.ts';
import { advancePump, type PumpRules, rebootPump } from './pump.ts';
import { newPump, type PumpInput, type PumpState, usualSettings } from './pump-state.ts';
import type { RecordDraft, TimedDraft } from './record-draft.ts';
import { type Therapy, therapies } from './therapies.ts';

const minute = 60_000;
const quiet = { ...usualSettings, alarmsPerHour: 0 };

function rulesWith(name: string, settings = quiet): PumpRules {
  return { settings, therapies: therapies().filter((therapy) => therapy.name === name) };
}

const one: Therapy = {
  name: 'one',
  weight: 1,
  bagMl: 500,
  programme: { drug: 'sodium chloride 0.9 %', careArea: 'adult home', mode: 'multistep', rateMlPerH: 100, vtbiMl: 100 },
  phases: multistep([
    { rateMlPerH: 100, volumeMl: 50 },
    { rateMlPerH: 50, volumeMl: 50 },
  ]),
};
const oneRules: PumpRules = { settings: quiet, therapies: [one] };

/** Runs a new pump whose therapy starts at once. */
function run(rules: PumpRules, minutes: number, inputs: [number, PumpInput][] = [], seed = 1) {
  let state: PumpState = { ...newPump(seed, 0, 0), plan: inputs.map(([at, input]) => ({ t: at * minute, input })) };
  const records: TimedDraft[] = [];
  const truth: string[] = [];
  while (state.t < minutes * minute) {
    const advance = advancePump(state, Math.min(minutes * minute, state.t + 17 * minute), rules);
    state = advance.next;
    records.push(...advance.records);
    truth.push(...advance.truth.map(({ fault }) => fault));
  }
  return { state, records, truth, drafts: records.map(({ draft }) => draft) };
}

/** A record in a few words. */
function brief(draft: RecordDraft): string {
  switch (draft.kind) {
    case 'delivery':
      return `${draft.phase} ${draft.reason ?? draft.rateMlPerH ?? ''}`.trim();
    case 'alarm':
      return `${draft.code} ${draft.phase}`;
    case 'bolus':
      return `${draft.origin} bolus ${draft.result}`;
    case 'device':
      return `device ${draft.event}`;
    default:
      return draft.kind;
  }
}
const story = (drafts: readonly RecordDraft[]) => drafts.filter(({ kind }) => kind !== 'sample').map(brief);

describe('an infusion of two rates', () => {
  const { drafts } = run(oneRules, 100);

  test('is programmed, changes its rate by a stop and a start, and completes', () => {
    expect(story(drafts).slice(0, 7)).toEqual([
      'device set-changed',
      'programme',
      'start 100',
      'stop transition',
      'start 50',
      'complete',
      'MDC_EVT_VOL_INFUS_COMP start',
    ]);
  });

  test('counts segments that add up to its total, which is its volume', () => {
    const ends = drafts.filter((draft) => draft.kind === 'delivery').filter(({ phase }) => phase !== 'start');
    expect(ends.map(({ segmentMl }) => segmentMl)).toEqual([50, 50]);
    expect(ends.at(-1)?.totalMl).toBe(100);
  });

  test('is sampled every 10 s while it delivers', () => {
    const times = run(oneRules, 20)
      .records.filter(({ draft }) => draft.kind === 'sample')
      .map(({ t }) => t);
    const steps = times.slice(2).map((t, index) => t - (times[index + 1] ?? 0));
    expect(new Set(steps)).toEqual(new Set([10_000]));
  });
});

test.each([
  ['vancomycin', ['start 120', 'complete']],
  ['milrinone', ['start 60', 'stop transition', 'loading bolus given', 'start 10.5']],
  [
    'nutrition',
    [
      'start 52.632',
      'stop transition',
      'start 105.263',
      'stop transition',
      'start 210.526',
      'stop transition',
      'start 105.263',
      'stop transition',
      'start 52.632',
      'complete',
    ],
  ],
  ['piperacillin-tazobactam', ['start 120', 'complete', 'start 0.5', 'stop transition', 'start 120']],
])('%s runs through its phases', (name, expected) => {
  const told = story(run(rulesWith(name), 740).drafts).filter((line) => /^(start|stop|complete|loading)/.test(line));
  expect(told.slice(0, expected.length)).toEqual(expected);
});

test('a delayed start waits on standby', () => {
  const { records } = run(rulesWith('ceftriaxone'), 10);
  const start = records.find(({ draft }) => draft.kind === 'delivery');
  expect(start?.t).toBe(5 * minute);
  const before = records.filter(({ t, draft }) => draft.kind === 'sample' && t < 5 * minute);
  expect(before.every(({ draft }) => draft.kind === 'sample' && draft.state === 'standby')).toBe(true);
});

describe('an occlusion', () => {
  const at = (rateMlPerH: number) => {
    const therapy = { ...one, phases: multistep([{ rateMlPerH, volumeMl: 400 }]) };
    return run({ settings: quiet, therapies: [therapy] }, 120, [[5, { do: 'occlude', handledAfterMs: 60_000 }]]);
  };
  const alarmAt = (rateMlPerH: number) =>
    at(rateMlPerH).records.find(({ draft }) => draft.kind === 'alarm' && draft.phase === 'start')?.t ?? Number.NaN;

  test('alarms the later the slower the flow is', () => {
    const moments = [200, 100, 20, 5].map(alarmAt);
    expect(moments).toEqual([...moments].sort((a, b) => a - b));
    expect(moments[0]).toBeLessThan(6 * minute);
    expect(moments[3]).toBeGreaterThan(10 * minute);
  });

  test('raises the pressure to the limit, stops, and goes on once it is handled, with a bolus', () => {
    const { drafts, truth, state } = at(100);
    expect(story(drafts).slice(2, 7)).toEqual([
      'start 100',
      'stop alarm',
      'MDC_EVT_FLUID_LINE_OCCL start',
      'MDC_EVT_FLUID_LINE_OCCL end',
      'start 100',
    ]);
    const pressures = drafts.flatMap((draft) => (draft.kind === 'sample' ? [draft.pressureKpa ?? 0] : []));
    expect(Math.max(...pressures)).toBeCloseTo(80, 0);
    expect(truth).toEqual(['occlusion', 'alarm', 'alarm', 'occlusion']);
    expect(state.line.trappedMl).toBe(0);
  });
});

test('a hold calls after two minutes and its call ends with it', () => {
  const { records } = run(oneRules, 15, [[5, { do: 'hold', forMs: 5 * minute }]]);
  const told = records.filter(({ draft }) => draft.kind !== 'sample').map(({ t, draft }) => [t / minute, brief(draft)]);
  expect(told.slice(3)).toEqual([
    [5, 'stop clinician'],
    [7, 'MDC_EVT_CALLBACK start'],
    [10, 'MDC_EVT_CALLBACK end'],
    [10, 'start 100'],
  ]);
});

test('volume rises while stopped only when it flows freely', () => {
  const rise = (input: PumpInput) => {
    const { drafts } = run(oneRules, 9, [[5, input]]);
    const paused = drafts.flatMap((draft) =>
      draft.kind === 'sample' && draft.state === 'paused' ? [draft.infusedMl ?? 0] : [],
    );
    return (paused.at(-1) ?? 0) - (paused[0] ?? 0);
  };
  expect(rise({ do: 'hold', forMs: 3 * minute })).toBe(0);
  expect(rise({ do: 'free-flow', mlPerH: 300, forMs: 3 * minute })).toBeGreaterThan(5);
});

test('a low battery warns, a depleted one stops the pump', () => {
  const { drafts } = run(oneRules, 15, [
    [2, { do: 'battery', pct: 12, handledAfterMs: 60 * minute }],
    [6, { do: 'battery', pct: 2, handledAfterMs: 60 * minute }],
  ]);
  const told = story(drafts);
  expect(told).toContain('MDC_EVT_BATT_LO start');
  expect(told.indexOf('MDC_EVT_BATT_DEPL start')).toBe(told.indexOf('stop alarm') + 1);
});

test('an early ramp-down goes to the first falling step', () => {
  const { drafts } = run(rulesWith('nutrition'), 150, [[130, { do: 'ramp-down' }]]);
  expect(story(drafts).slice(-3)).toEqual(['start 210.526', 'stop transition', 'start 105.263']);
});

test('a clinician’s bolus counts at once', () => {
  const { drafts } = run(oneRules, 10, [[5, { do: 'bolus', ml: 3 }]]);
  expect(drafts).toContainEqual({ kind: 'bolus', infusion: 1, origin: 'clinician', result: 'given', ml: 3 });
});

test('a reboot ends the segment unspecified, forgets alarms and goes on counting', () => {
  const before = run(oneRules, 10).state;
  const { next, records } = rebootPump(before, oneRules);
  expect(records.map(({ draft }) => brief(draft))).toEqual(['device boot', 'stop unspecified', 'start 100', 'sample']);
  expect(next.bootedAt).toBe(10 * minute);
  expect(next.infusion?.ml).toBe(before.infusion?.ml);
  expect(next.alarms).toEqual([]);
});

test('a library is installed only between infusions', () => {
  const { drafts } = run(oneRules, 150, [[5, { do: 'install-library', version: 'demo-2' }]]);
  const told = story(drafts);
  expect(told.indexOf('device library-installed')).toBeGreaterThan(told.indexOf('complete'));
});

test('whatever happens: counters never fall, segments add up, times never run back, every record is valid', () => {
  const input: fc.Arbitrary<PumpInput> = fc.oneof(
    fc.constantFrom<PumpInput>(
      { do: 'occlude' },
      { do: 'air' },
      { do: 'door' },
      { do: 'upstream' },
      { do: 'malfunction' },
      { do: 'near-end' },
      { do: 'ramp-down' },
      { do: 'demand' },
      { do: 'battery', pct: 5 },
      { do: 'mains', on: true },
      { do: 'mains', on: false },
    ),
    fc.integer({ min: 1_000, max: 900_000 }).map((forMs): PumpInput => ({ do: 'hold', forMs })),
    fc.integer({ min: 1_000, max: 900_000 }).map((forMs): PumpInput => ({ do: 'free-flow', mlPerH: 200, forMs })),
    fc.integer({ min: 1, max: 5 }).map((ml): PumpInput => ({ do: 'bolus', ml })),
  );
  const inputs = fc.array(fc.tuple(fc.double({ min: 0, max: 600, noNaN: true }), input), { maxLength: 20 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), inputs, (seed, given) => {
      const sorted = given.toSorted(([a], [b]) => a - b);
      const settings = { ...usualSettings, cadenceMs: 120_000, alarmsPerHour: 1 };
      const { records } = run({ settings, therapies: therapies() }, 600, sorted, seed);
      const times = records.map(({ t }) => t);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      const totals = new Map<number, { last: number; segments: number; open: number }>();
      let seq = 0;
      for (const { draft } of records) {
        seq += 1;
        const stamped = { seq, at: '2026-11-23T00:00:00Z', ...draft };
        const read = recordSchemas[draft.kind].safeParse(stamped);
        expect(read.success, JSON.stringify(stamped)).toBe(true);
        if (draft.kind !== 'delivery' && draft.kind !== 'sample') continue;
        if (!draft.infusion) continue;
        const known = totals.get(draft.infusion) ?? { last: 0, segments: 0, open: 0 };
        totals.set(draft.infusion, known);
        const total = draft.kind === 'sample' ? draft.infusedMl : draft.totalMl;
        expect(total ?? known.last).toBeGreaterThanOrEqual(known.last);
        known.last = total ?? known.last;
        if (draft.kind === 'sample') continue;
        known.open += draft.phase === 'start' ? 1 : -1;
        expect(known.open).toBeGreaterThanOrEqual(0);
        expect(known.open).toBeLessThanOrEqual(1);
        known.segments += draft.segmentMl ?? 0;
      }
    }),
    { numRuns: 40 },
  );
}, 60_000);

test('the same seed gives the same life', () => {
  const settings = { ...usualSettings, alarmsPerHour: 2 };
  const life = () => run({ settings, therapies: therapies() }, 300, [], 7).records;
  expect(life()).toEqual(life());
});
