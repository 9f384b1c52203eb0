import { describe, expect, test } from 'vitest';
import { meanBetweenPresses } from './pca-patient.ts';
import { advancePump, type PumpRules } from './pump.ts';
import { newPump, type PumpInput, usualSettings } from './pump-state.ts';
import { therapies } from './therapies.ts';

const minute = 60_000;
const hour = 60 * minute;
const rules: PumpRules = {
  settings: { ...usualSettings, cadenceMs: 5 * minute, alarmsPerHour: 0 },
  therapies: therapies().filter(({ name }) => name === 'morphine PCA'),
};

/** Boluses and alarms of one patient over some hours. */
function patient(seed: number, hours: number, inputs: [number, PumpInput][] = [], midnightMs = 12 * hour) {
  const plan = inputs.map(([at, input]) => ({ t: at * minute, input }));
  const state = { ...newPump(seed, 0, 0), midnightMs, plan };
  const { records, truth } = advancePump(state, hours * hour, rules);
  const boluses = records.flatMap(({ t, draft }) => (draft.kind === 'bolus' ? [{ t, ...draft }] : []));
  const alarms = records.flatMap(({ draft }) => (draft.kind === 'alarm' ? [`${draft.code} ${draft.phase}`] : []));
  return { boluses, alarms, truth };
}
const count = ({ boluses }: ReturnType<typeof patient>, result: string) =>
  boluses.filter((bolus) => bolus.origin === 'patient' && bolus.result === result).length;

test.each([
  ['in the evening', 22, 22],
  ['just before the pain of the night', 0.99, 22],
  ['in it', 1, 11],
  ['at its end', 5, 22],
  ['the night after', 27, 11],
])('a patient presses %s every so many minutes', (_name, hours, minutes) => {
  expect(meanBetweenPresses(hours * hour)).toBe(minutes);
});

test('more is asked for at night', () => {
  const seeds = Array.from({ length: 20 }, (_, n) => n + 1);
  const presses = (midnightMs: number) =>
    seeds.reduce((sum, seed) => sum + patient(seed, 4, [], midnightMs).boluses.length, 0);
  expect(presses(1 * hour)).toBeGreaterThan(1.4 * presses(12 * hour));
});

describe('a patient for whom it is not enough', () => {
  const given = patient(5, 4, [[10, { do: 'frustrated', forMs: 3 * hour }]]);

  test('presses far more often than he is given, and every press is told', () => {
    expect(count(given, 'locked-out')).toBeGreaterThan(3 * count(given, 'given'));
    expect(given.truth.filter(({ fault }) => fault === 'pca-demand').map(({ phase }) => phase)).toEqual([
      'start',
      'end',
    ]);
  });

  test('is never given anything within the lockout', () => {
    const moments = given.boluses.filter(({ result }) => result === 'given').map(({ t }) => t);
    const gaps = moments.slice(1).map((t, n) => t - (moments[n] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(8 * minute);
  });
});

test('over the four-hour maximum a demand is refused, and the pump alarms', () => {
  // 34 mL by hand and 4 mL basal: two demands are left of 40.
  const given = patient(5, 2, [
    [1, { do: 'bolus', ml: 34 }],
    [2, { do: 'frustrated', forMs: 100 * minute }],
  ]);
  expect(count(given, 'given')).toBe(2);
  expect(count(given, 'refused')).toBeGreaterThan(0);
  expect(given.alarms).toContain('MDC_EVT_PCA_MAX_LIMIT start');
  expect(given.boluses[0]).toMatchObject({ origin: 'clinician', result: 'given', ml: 34 });
});

test('with its handset off nothing reaches the pump, and it alarms until it is back', () => {
  const given = patient(5, 2, [
    [30, { do: 'detach-handset', handledAfterMs: 30 * minute }],
    [31, { do: 'frustrated', forMs: 28 * minute }],
  ]);
  expect(given.boluses.filter(({ t }) => t >= 30 * minute && t < 60 * minute)).toEqual([]);
  expect(given.alarms.filter((alarm) => alarm.includes('HANDSET'))).toEqual([
    'MDC_EVT_PCA_HANDSET_DETACHED start',
    'MDC_EVT_PCA_HANDSET_DETACHED end',
  ]);
});
