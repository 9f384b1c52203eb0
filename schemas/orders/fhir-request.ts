import * as z from 'zod';

// What is read of a FHIR R4 MedicationRequest (http://hl7.org/fhir/R4/medicationrequest.html). Elements that carry no
// number of ours may be there; one that could change the meaning of those that we read is refused.

const text = z.string().trim().min(1).max(500);
const quantity = z.object({
  value: z.number(),
  unit: text.optional(),
  code: text.optional(),
  /** < and the like: not a dose. */
  comparator: z.undefined({ error: 'an exact quantity, without a comparator' }).optional(),
});
export type FhirQuantity = z.infer<typeof quantity>;
const ratio = z.object({ numerator: quantity, denominator: quantity });
const concept = z.object({
  text: text.optional(),
  coding: z.array(z.object({ display: text.optional(), code: text.optional(), system: text.optional() })).optional(),
});
export type FhirConcept = z.infer<typeof concept>;

const nothing = (why: string) => z.undefined({ error: why }).optional();

const doseAndRate = z.object({
  doseQuantity: quantity.optional(),
  doseRange: nothing('one dose, not a range'),
  rateQuantity: quantity.optional(),
  rateRatio: ratio.optional(),
  rateRange: nothing('one rate, not a range'),
});
const dosage = z.object({
  doseAndRate: z.array(doseAndRate).length(1, 'exactly one'),
  timing: z
    .object({
      repeat: z
        .object({
          boundsDuration: quantity.optional(),
          duration: z.number().optional(),
          durationUnit: z.enum(['s', 'min', 'h', 'd', 'wk']).optional(),
        })
        .optional(),
    })
    .optional(),
  asNeededBoolean: z.literal(false, 'not an order on demand').optional(),
  asNeededCodeableConcept: nothing('not an order on demand'),
});

const medication = z.object({
  resourceType: z.literal('Medication'),
  id: text,
  code: concept.optional(),
  ingredient: z
    .array(z.object({ strength: ratio.optional(), isActive: z.boolean().optional() }))
    .max(20)
    .optional(),
});

export const medicationRequest = z.object({
  resourceType: z.literal('MedicationRequest', 'MedicationRequest, or a Bundle of them'),
  id: text.optional(),
  status: z.literal('active', 'active: nothing else is to be given'),
  intent: z.enum(['order', 'original-order', 'instance-order', 'filler-order'], 'order'),
  doNotPerform: z.literal(false, 'false or absent: it is not to be given').optional(),
  // R4: an element that must not be ignored, and that nobody here understands.
  modifierExtension: nothing('absent: it may change the meaning, and is not understood here'),
  implicitRules: nothing('absent: it may change the meaning, and is not understood here'),
  contained: z.array(z.unknown()).optional(),
  medicationCodeableConcept: concept.optional(),
  medicationReference: z.object({ reference: text }).optional(),
  subject: z.object({ reference: text.optional(), identifier: z.object({ value: text }).optional() }),
  groupIdentifier: z.object({ value: text }).optional(),
  dosageInstruction: z.array(dosage).length(1, 'exactly one'),
  dispenseRequest: z.object({ quantity: quantity.optional() }).optional(),
  note: z.array(z.object({ text })).optional(),
});
export type MedicationRequest = z.infer<typeof medicationRequest>;
export const containedMedication = medication;

export const requestBundle = z.object({
  resourceType: z.literal('Bundle'),
  entry: z
    .array(z.object({ resource: z.unknown() }))
    .min(1, 'at least one entry')
    .max(500, 'at most 500 entries'),
});
