import type * as z from 'zod';
import { type ImportedOrder, importedOrder } from '../http/orders.ts';
import { parseAmountUnit, parseDoseUnit, spellDoseUnit } from '../rules/units.ts';
import {
  containedMedication,
  type FhirConcept,
  type FhirQuantity,
  type MedicationRequest,
  medicationRequest,
  requestBundle,
} from './fhir-request.ts';
import type { ReadOrders } from './order-csv.ts';
import type { Refusal } from './order-refusals.ts';

// A FHIR R4 MedicationRequest, or a Bundle of them, as orders. What is needed and not there, or there and not understood,
// is refused with its FHIR path; nothing is guessed.

/** Minutes in each unit of a FHIR duration. */
const minutesIn: Record<string, number> = { s: 1 / 60, min: 1, h: 60, d: 1_440, wk: 10_080 };

/** @param given parsed JSON */
export function readOrdersFhir(given: unknown): ReadOrders {
  const bundle = requestBundle.safeParse(given);
  if (!bundle.success && isBundle(given)) return { ok: false, errors: issuesOf(bundle.error, '') };
  const resources = bundle.success
    ? bundle.data.entry.map(({ resource }, index) => ({ resource, path: `entry.${index}.resource` }))
    : [{ resource: given, path: '' }];
  const errors: Refusal[] = [];
  const orders: ImportedOrder[] = [];
  for (const { resource, path } of resources) {
    const read = readRequest(resource);
    if (read.ok) orders.push(read.order);
    else errors.push(...read.errors.map((error) => ({ ...error, path: [path, error.path].filter(Boolean).join('.') })));
  }
  return errors.length > 0 ? { ok: false, errors } : { ok: true, orders };
}

const isBundle = (given: unknown) =>
  typeof given === 'object' && given !== null && 'resourceType' in given && given.resourceType === 'Bundle';

const issuesOf = (error: z.ZodError, prefix: string): Refusal[] =>
  error.issues.map(({ path, message }) => ({
    path: [prefix, ...path].filter((part) => part !== '').join('.'),
    message: message.startsWith('Invalid') ? message : `expected: ${message}`,
  }));

type Read = { ok: true; order: ImportedOrder } | { ok: false; errors: Refusal[] };

function readRequest(resource: unknown): Read {
  const parsed = medicationRequest.safeParse(resource);
  if (!parsed.success) return { ok: false, errors: issuesOf(parsed.error, '') };
  const errors: Refusal[] = [];
  const request = parsed.data;
  const value = {
    patient: patientOf(request, errors),
    therapy: request.groupIdentifier?.value ?? null,
    ...drugOf(request, errors),
    ...dosageOf(request, errors),
    volumeMl: volumeOf(request, errors),
    notes: request.note?.map(({ text }) => text).join('\n') ?? null,
  };
  if (errors.length > 0) return { ok: false, errors };
  const order = importedOrder.safeParse(value);
  return order.success ? { ok: true, order: order.data } : { ok: false, errors: issuesOf(order.error, '') };
}

function patientOf({ subject }: MedicationRequest, errors: Refusal[]): string | null {
  if (subject.identifier) return subject.identifier.value;
  const id = /^Patient\/(.+)$/.exec(subject.reference ?? '')?.[1];
  if (id !== undefined) return id;
  errors.push({ path: 'subject', message: 'expected: an identifier, or a reference such as Patient/P-0001' });
  return null;
}

function drugOf(request: MedicationRequest, errors: Refusal[]) {
  const { medicationCodeableConcept, medicationReference } = request;
  if (medicationReference) {
    const wanted = medicationReference.reference.replace(/^#/, '');
    const found = (request.contained ?? [])
      .map((resource) => containedMedication.safeParse(resource))
      .find(({ data }) => data?.id === wanted)?.data;
    const path = 'medicationReference.reference';
    if (!medicationReference.reference.startsWith('#') || !found) {
      errors.push({ path, message: 'expected: a Medication contained in this request, such as #med' });
      return {};
    }
    const active = (found.ingredient ?? []).filter(({ isActive, strength }) => isActive !== false && strength);
    if (active.length > 1)
      errors.push({ path: 'contained', message: 'expected: one active ingredient with a strength' });
    const strength = active[0]?.strength;
    const concentration = strength ? strengthOf(strength, errors) : null;
    return { drug: nameOf(found.code, 'contained', errors), concentration };
  }
  return { drug: nameOf(medicationCodeableConcept, 'medicationCodeableConcept', errors), concentration: null };
}

function nameOf(concept: FhirConcept | undefined, path: string, errors: Refusal[]): string | null {
  const name = concept?.text ?? concept?.coding?.find(({ display }) => display !== undefined)?.display;
  if (name === undefined) errors.push({ path, message: 'expected: the drug’s name as text or as a coding’s display' });
  return name ?? null;
}

function strengthOf(strength: { numerator: FhirQuantity; denominator: FhirQuantity }, errors: Refusal[]) {
  const { numerator, denominator } = strength;
  const unit = parseAmountUnit(unitOf(numerator));
  if (unit === null || unit === 'mL' || unitOf(denominator).toLowerCase() !== 'ml') {
    errors.push({ path: 'contained.ingredient.strength', message: 'expected: an amount such as mg per mL' });
    return null;
  }
  return { amount: numerator.value, unit, perMl: denominator.value };
}

function dosageOf(request: MedicationRequest, errors: Refusal[]) {
  const [dosage] = request.dosageInstruction;
  const [given] = dosage?.doseAndRate ?? [];
  const path = 'dosageInstruction.0.doseAndRate.0';
  return {
    ...rateOf(given, path, errors),
    ...totalOf(given?.doseQuantity, `${path}.doseQuantity`, errors),
    durationMin: durationOf(dosage?.timing?.repeat, errors),
  };
}

type Given = MedicationRequest['dosageInstruction'][number]['doseAndRate'][number] | undefined;

function rateOf(given: Given, path: string, errors: Refusal[]) {
  const rate = given?.rateQuantity
    ? { value: given.rateQuantity.value, unit: unitOf(given.rateQuantity), at: `${path}.rateQuantity` }
    : given?.rateRatio
      ? ratioRate(given.rateRatio, `${path}.rateRatio`)
      : null;
  if (rate === null) {
    errors.push({ path, message: 'expected: a rateQuantity or a rateRatio' });
    return {};
  }
  const unit = parseDoseUnit(rate.unit);
  if (unit === null) {
    errors.push({ path: rate.at, message: `${JSON.stringify(rate.unit)}; expected: a unit such as mg/h or mL/h` });
    return {};
  }
  const isVolume = unit.amount === 'mL' && unit.per === null && unit.time === 'h';
  return isVolume ? { rateMlPerH: rate.value } : { doseRate: rate.value, doseUnit: spellDoseUnit(unit) };
}

/** 120 mL in 1 h is 120 mL/h; 250 mL in 2 h is 125 mL/h. */
function ratioRate({ numerator, denominator }: { numerator: FhirQuantity; denominator: FhirQuantity }, at: string) {
  return { value: numerator.value / denominator.value, unit: `${unitOf(numerator)}/${unitOf(denominator)}`, at };
}

function totalOf(dose: FhirQuantity | undefined, path: string, errors: Refusal[]) {
  if (!dose) return {};
  const unit = parseAmountUnit(unitOf(dose));
  if (unit === null) {
    errors.push({ path, message: `${JSON.stringify(unitOf(dose))}; expected: an amount such as mg` });
    return {};
  }
  // A dose that is a volume says what the dispensed quantity says.
  return unit === 'mL' ? {} : { totalDose: { amount: dose.value, unit } };
}

type Repeat = NonNullable<MedicationRequest['dosageInstruction'][number]['timing']>['repeat'];

function durationOf(repeat: Repeat, errors: Refusal[]): number | null {
  const path = 'dosageInstruction.0.timing.repeat';
  const [value, unit] =
    repeat?.duration !== undefined
      ? [repeat.duration, repeat.durationUnit ?? '']
      : [repeat?.boundsDuration?.value, repeat?.boundsDuration ? unitOf(repeat.boundsDuration) : ''];
  const minutes = Object.hasOwn(minutesIn, unit) ? minutesIn[unit] : undefined;
  if (value !== undefined && minutes !== undefined) return value * minutes;
  errors.push({ path, message: 'expected: duration with durationUnit, or boundsDuration, in s, min, h, d or wk' });
  return null;
}

function volumeOf({ dispenseRequest }: MedicationRequest, errors: Refusal[]): number | null {
  const quantity = dispenseRequest?.quantity;
  if (quantity && unitOf(quantity).toLowerCase() === 'ml') return quantity.value;
  errors.push({ path: 'dispenseRequest.quantity', message: 'expected: the volume of one bag in mL' });
  return null;
}

/** UCUM before what people read. */
const unitOf = ({ code, unit }: FhirQuantity): string => code ?? unit ?? '';
