import { expect, test } from 'vitest';
import { csvHeading, readOrdersCsv } from './order-csv.ts';
import { readOrdersFhir } from './order-fhir.ts';

const heading =
  'patient,therapy,drug,concentration,concentration unit,rate mL/h,volume mL,overfill mL,total,total unit,duration min';
const line = 'P-1,TH-1,fluorouracil,45.57,mg,1.2,115.2,10,5250,mg,5760';
const fluorouracil = {
  ...{ patient: 'P-1', therapy: 'TH-1', drug: 'fluorouracil', rateMlPerH: 1.2, volumeMl: 115.2, overfillMl: 10 },
  ...{ concentration: { amount: 45.57, unit: 'mg', perMl: 1 }, totalDose: { amount: 5250, unit: 'mg' } },
  ...{ durationMin: 5760, mode: 'continuous', doseRate: null },
};

test('a CSV file becomes orders; empty cells are absent', () => {
  const read = readOrdersCsv(`${heading}\r\n${line}\r\nP-2,,TPN,,,210,2000,,,,720\r\n`);
  expect(read).toMatchObject({
    ok: true,
    orders: [fluorouracil, { therapy: null, concentration: null, overfillMl: 0 }],
  });
});

test('a drug that a spreadsheet would run stays the text that it is', () => {
  expect(readOrdersCsv(`${heading}\n${line.replace('fluorouracil', '=1+1')}`)).toMatchObject({
    orders: [{ drug: '=1+1' }],
  });
  expect(readOrdersCsv(`${heading}\n${line.replace('fluorouracil', "'=1+1")}`)).toMatchObject({
    orders: [{ drug: '=1+1' }],
  });
});

test('a file of every column is read', () => {
  const cells = ['P-1', 'TH-1', 'home', 'morphine', 'pca', '1', 'mg', '1', '1', 'mg/h', '1', '100', '5', '100', 'mg'];
  const read = readOrdersCsv(
    `${csvHeading.join(',')}\n${[...cells, '6000', '1', '8', '40', '"by ""hand"""'].join(',')}`,
  );
  expect(read).toMatchObject({
    ok: true,
    orders: [
      { mode: 'pca', pca: { demandMl: 1, lockoutMin: 8, maxMlPer4H: 40 }, notes: 'by "hand"', doseUnit: 'mg/h' },
    ],
  });
});

test.each<[string, string, string, string]>([
  ['a heading that is none', `${heading},dose\n${line},1`, 'line 1, dose', 'not a heading'],
  ['a missing column', `patient,drug,volume mL\nP-1,x,1`, 'line 1, duration min', 'missing'],
  ['a column twice', `${heading},drug\n${line},x`, 'line 1, drug', 'twice'],
  ['a decimal comma', `${heading}\n${line.replace('1.2', '"1,2"')}`, 'line 2, rate mL/h', '"1,2"'],
  ['a unit in a number', `${heading}\n${line.replace('115.2', '115.2 mL')}`, 'line 2, volume mL', 'such as 28.8'],
  ['a concentration of 0', `${heading}\n${line.replace('45.57', '0')}`, 'line 2, concentration', 'holds no drug'],
  ['a line too short', `${heading}\n${line}\nP-1`, 'line 3, all', '1 cells under 11'],
  ['no order', heading, 'line 2', 'no order'],
  ['an empty file', '', 'line 1', 'empty'],
  ['an open quote', `${heading}\n"P-1`, 'line 2', 'not closed'],
])('CSV: %s is refused where it stands', (_what, text, path, words) => {
  const read = readOrdersCsv(text);
  if (read.ok) throw new Error('it was read');
  expect(read.errors[0]).toMatchObject({ path, message: expect.stringContaining(words) });
});

const request = {
  resourceType: 'MedicationRequest',
  status: 'active',
  intent: 'order',
  contained: [
    {
      resourceType: 'Medication',
      id: 'med',
      code: {
        coding: [{ system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code: '4492', display: 'fluorouracil' }],
      },
      ingredient: [
        {
          isActive: true,
          strength: { numerator: { value: 45.57, code: 'mg' }, denominator: { value: 1, code: 'mL' } },
        },
      ],
    },
  ],
  medicationReference: { reference: '#med' },
  subject: { reference: 'Patient/P-1' },
  groupIdentifier: { value: 'TH-1' },
  dosageInstruction: [
    {
      text: 'over four days',
      timing: { repeat: { boundsDuration: { value: 4, unit: 'days', code: 'd' } } },
      doseAndRate: [
        {
          doseQuantity: { value: 5250, code: 'mg' },
          rateRatio: { numerator: { value: 28.8, code: 'mL' }, denominator: { value: 24, code: 'h' } },
        },
      ],
    },
  ],
  dispenseRequest: { quantity: { value: 115.2, unit: 'mL' } },
};
const changed = (change: (copy: typeof request) => object) => ({ ...request, ...change(structuredClone(request)) });
const dosage = (doseAndRate: unknown[], more = {}) => ({
  dosageInstruction: [{ timing: { repeat: { duration: 96, durationUnit: 'h' } }, doseAndRate, ...more }],
});

test('a MedicationRequest becomes an order: 28.8 mL in 24 h is 1.2 mL/h', () => {
  const read = readOrdersFhir(request);
  expect(read).toMatchObject({
    ok: true,
    orders: [{ ...fluorouracil, overfillMl: 0, rateMlPerH: expect.closeTo(1.2, 9) }],
  });
});

test('a dose rate in UCUM is read in our spelling, a Bundle as all of its orders', () => {
  const perKg = changed(() => dosage([{ rateQuantity: { value: 5, unit: 'µg/kg/minute', code: 'ug/kg/min' } }]));
  const read = readOrdersFhir({ resourceType: 'Bundle', entry: [{ resource: request }, { resource: perKg }] });
  expect(read).toMatchObject({ ok: true, orders: [{}, { doseRate: 5, doseUnit: 'mcg/kg/min', rateMlPerH: null }] });
});

test.each<[string, unknown, string, string]>([
  ['nothing', null, '', 'expected object'],
  ['another resource', { resourceType: 'Patient' }, 'resourceType', 'MedicationRequest'],
  ['a request that is stopped', { ...request, status: 'stopped' }, 'status', 'active'],
  ['a plan', { ...request, intent: 'plan' }, 'intent', 'order'],
  ['one that says not to', { ...request, doNotPerform: true }, 'doNotPerform', 'not to be given'],
  ['one with a modifier', { ...request, modifierExtension: [{ url: 'x' }] }, 'modifierExtension', 'may change'],
  ['one without a patient', { ...request, subject: { reference: 'Group/1' } }, 'subject', 'Patient/P-0001'],
  [
    'a drug elsewhere',
    { ...request, medicationReference: { reference: 'Medication/1' } },
    'medicationReference.reference',
    'contained',
  ],
  ['a drug without name', { ...request, medicationReference: undefined }, 'medicationCodeableConcept', 'name'],
  [
    'two dosages',
    changed((copy) => ({ dosageInstruction: [...copy.dosageInstruction, {}] })),
    'dosageInstruction',
    'exactly one',
  ],
  [
    'no rate',
    changed(() => dosage([{ doseQuantity: { value: 5250, code: 'mg' } }])),
    'dosageInstruction.0.doseAndRate.0',
    'rateQuantity',
  ],
  [
    'a range',
    changed(() => dosage([{ rateRange: { low: 1 } }])),
    'dosageInstruction.0.doseAndRate.0.rateRange',
    'not a range',
  ],
  [
    'a unit that is none',
    changed(() => dosage([{ rateQuantity: { value: 2, code: '[drp]/min' } }])),
    ...(['dosageInstruction.0.doseAndRate.0.rateQuantity', '[drp]/min'] as const),
  ],
  [
    'a comparator',
    changed(() => dosage([{ rateQuantity: { value: 2, code: 'mL/h', comparator: '<' } }])),
    ...(['dosageInstruction.0.doseAndRate.0.rateQuantity.comparator', 'exact'] as const),
  ],
  [
    'a dose on demand',
    changed(() => dosage([], { asNeededBoolean: true })),
    'dosageInstruction.0.doseAndRate',
    'exactly one',
  ],
  ['no volume', { ...request, dispenseRequest: {} }, 'dispenseRequest.quantity', 'mL'],
  [
    'no duration',
    changed((copy) => ({ dosageInstruction: copy.dosageInstruction.map((one) => ({ ...one, timing: {} })) })),
    ...(['dosageInstruction.0.timing.repeat', 'boundsDuration'] as const),
  ],
  ['an empty Bundle', { resourceType: 'Bundle', entry: [] }, 'entry', 'at least one'],
  [
    'a Bundle with one that is none',
    { resourceType: 'Bundle', entry: [{ resource: {} }] },
    'entry.0.resource.resourceType',
    '',
  ],
])('FHIR: %s is refused with its path', (_what, given, path, words) => {
  const read = readOrdersFhir(given);
  if (read.ok) throw new Error('it was read');
  expect(read.errors[0]).toMatchObject({ path, message: expect.stringContaining(words) });
});
