import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { chooseGuidance, defaultFor, guidanceTitle, guidanceTypeOf } from './choose-guidance.ts';
import { defaultGuidance, guidanceTypes } from './default-guidance.ts';

test.each([
  ['MDC_EVT_PUMP_FLOW_FREE', 'MDC_EVT_PUMP_FLOW_FREE'],
  ['MDC_EVT_FLUID_LINE_OCCL_PROXIMAL', 'MDC_EVT_FLUID_LINE_OCCL_PROXIMAL'],
  ['MDC_EVT_FLUID_LINE_OCCL_DISTAL', 'MDC_EVT_FLUID_LINE_OCCL'],
  ['MDC_EVT_MALF_7', 'MDC_EVT_MALF'],
  ['MDC_EVT_NEVER_HEARD_OF', 'other'],
  ['silent-pump', 'silent-pump'],
  ['silent-pump-of-another-kind', 'other'],
  ['unknown-alarm', 'other'],
])('an alert %s is guided by %s', (type, expected) => {
  expect(guidanceTypeOf(type)).toBe(expected);
});

const published = [
  { type: 'silent-pump', drug: null, id: 'any' },
  { type: 'silent-pump', drug: 'milrinone', id: 'milrinone' },
  { type: 'programme-against-order', drug: null, id: 'order' },
];
test.each([
  // type, drug, published, expected
  ['silent-pump', 'Milrinone', published, 'milrinone'],
  ['silent-pump', 'vancomycin', published, 'any'],
  ['silent-pump', null, published, 'any'],
  ['silent-pump', 'milrinone', [], 'default'],
  ['programme-against-order', 'fluorouracil', published, 'order'],
  ['programme-against-order', 'fluorouracil', [], 'default fluorouracil'],
  ['MDC_EVT_FLUID_LINE_AIR', 'milrinone', published, 'default'],
] as const)('%s with %s', (type, drug, given, expected) => {
  const chosen = chooseGuidance({ type, drug }, given);
  const said =
    chosen.by === 'published' ? chosen.guidance.id : ['default', chosen.guidance.drug].filter(Boolean).join(' ');
  expect(said).toBe(expected);
});

test('every type of the catalogue has a default of one to five short steps and a title', () => {
  const source = ['alarm-catalogue', 'conditions', 'silence-rule'].map((name) =>
    readFileSync(new URL(`../rules/${name}.ts`, import.meta.url), 'utf8'),
  );
  const codes = [...new Set(source.join('\n').match(/MDC_EVT_[A-Z_]+[A-Z]/g))].filter(
    (code) => code !== 'MDC_EVT_BATT',
  );
  expect(codes.length).toBeGreaterThan(12);
  for (const code of codes) expect(guidanceTypeOf(code), code).not.toBe('other');
  for (const { type, drug, title, steps } of defaultGuidance) {
    expect(steps.length, type).toBeGreaterThan(0);
    expect(steps.length, type).toBeLessThanOrEqual(5);
    for (const step of steps) expect(step.length, step).toBeLessThanOrEqual(130);
    if (drug === null) expect(guidanceTitle(type)).toBe(title);
  }
  for (const type of guidanceTypes) expect(defaultFor(type, null).drug, type).toBeNull();
});
