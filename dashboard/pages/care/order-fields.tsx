import { Field, type Fields, NumberField } from '../../components/form.tsx';

/** What both pharmacists enter: concentration, dose or rate, volume, duration. */
export function OrderNumberFields() {
  return (
    <>
      <NumberField label="Concentration" name="amount" />
      <Field label="Unit" name="unit" hint="mg" />
      <NumberField label="in mL" name="perMl" value={1} />
      <NumberField label="Dose rate" name="doseRate" />
      <Field label="Unit of the dose rate" name="doseUnit" hint="mcg/kg/min" />
      <NumberField label="Rate, mL/h" name="rateMlPerH" />
      <NumberField label="Volume, mL" name="volumeMl" required />
      <NumberField label="Duration, h" name="durationH" required />
    </>
  );
}

/** What stands in these fields, in the words of the api. @throws Error for what is no number */
export function readOrderNumbers(fields: Fields) {
  const amount = fields.number('amount');
  const hours = fields.number('durationH');
  return {
    concentration:
      amount === null ? null : { amount, unit: fields.text('unit') ?? '', perMl: fields.number('perMl') ?? 1 },
    doseRate: fields.number('doseRate'),
    doseUnit: fields.text('doseUnit'),
    rateMlPerH: fields.number('rateMlPerH'),
    volumeMl: fields.number('volumeMl'),
    durationMin: hours === null ? null : hours * 60,
  };
}
