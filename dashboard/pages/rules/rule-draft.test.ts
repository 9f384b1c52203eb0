import { expect, test } from 'vitest';
import { defaultRuleSettings } from '#schemas/rules/rule-settings.ts';
import { readLevel, toText } from './rule-draft.ts';

test('what stands in a form is what was in the rule set', () => {
  expect(readLevel(toText(defaultRuleSettings))).toEqual({ changes: defaultRuleSettings, problems: new Map() });
  expect(readLevel(toText({}))).toEqual({ changes: {}, problems: new Map() });
});

test.each([
  ['silent-pump.pageAfterMin', '45', null],
  ['silent-pump.pageAfterMin', ' ', null],
  ['silent-pump.pageAfterMin', '4,5', '“4,5” is not a number such as 28.8'],
  ['silent-pump.pageAfterMin', '-1', '“-1” is not a number such as 28.8'],
  ['delivery-deviation.strokes', '19', expect.stringContaining('20')],
  ['delivery-deviation.strokes', '20.5', expect.any(String)],
  ['missed-dose.priority', 'high', expect.stringContaining('medium')],
  ['running-on-hold.highClasses', 'opioid, , insulin', null],
])('%s: %j', (place, typed, problem) => {
  expect(readLevel({ [place]: typed }).problems.get(place) ?? null).toEqual(problem);
});
