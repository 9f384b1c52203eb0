import { expect, test } from 'vitest';
import { programmeRecord } from '#schemas/messages/record.ts';
import { rateFromDose } from '#schemas/rules/dose.ts';
import { parseDoseUnit } from '#schemas/rules/units.ts';
import { therapies } from './therapies.ts';

const continuousDoses = therapies().filter(({ programme: { doseRate, mode } }) => doseRate && mode !== 'intermittent');

test.each(continuousDoses.map((therapy) => [therapy.name, therapy.programme] as const))(
  'the dose of %s is its rate',
  (_, { doseRate, doseUnit, concentration, rateMlPerH, weightKg, bsaM2 }) => {
    const unit = parseDoseUnit(doseUnit ?? '');
    if (!unit) throw new Error(`unit ${doseUnit}`);
    const answer = rateFromDose(doseRate ?? 0, unit, concentration ?? null, { weightKg, bsaM2 });
    expect(answer).toMatchObject({ ok: true });
    expect(answer.ok && answer.value).toBeCloseTo(rateMlPerH ?? Number.NaN, 6);
  },
);

test.each(therapies().map((therapy) => [therapy.name, therapy] as const))(
  'the programme of %s is a valid record, and its bag holds more than its volume',
  (_, { programme, bagMl }) => {
    const record = { seq: 1, at: '2026-11-23T00:00:00Z', kind: 'programme', infusion: 1, ...programme };
    expect(programmeRecord.safeParse(record).success).toBe(true);
    expect(bagMl).toBeGreaterThanOrEqual(programme.vtbiMl ?? 0);
  },
);
