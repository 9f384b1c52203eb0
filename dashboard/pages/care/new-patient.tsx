import { useQueryClient } from '@tanstack/react-query';
import { patient } from '#schemas/http/patients.ts';
import { Buttons, Field, Form, LongText, NumberField, Refusal, useSending } from '../../components/form.tsx';
import { useServices } from '../../services.tsx';

/** A patient's contact sheet, filled in once. */
export function NewPatient({ onMade }: { onMade: (id: string) => void }) {
  const { http } = useServices();
  const client = useQueryClient();
  const { busy, away, error, send } = useSending();
  return (
    <Form
      submit={(fields) =>
        void send(async () => {
          const phones = (['patient', 'caregiver', 'nurse'] as const).flatMap((whose) => {
            const number = fields.text(`phone-${whose}`);
            return number === null ? [] : [{ whose, number }];
          });
          const body = {
            reference: fields.text('reference'),
            name: fields.text('name'),
            birthDate: fields.text('birthDate'),
            weightKg: fields.number('weightKg'),
            bsaM2: fields.number('bsaM2'),
            phones,
            address: fields.text('address'),
            allergies: fields.text('allergies'),
            plan: fields.text('plan'),
          };
          const made = await http('/patients', patient, { method: 'POST', body });
          await client.invalidateQueries({ queryKey: ['care'] });
          onMade(made.id);
        })
      }
    >
      <Field label="Reference (never a name)" name="reference" required hint="P-0001" />
      <Field label="Name" name="name" required />
      <Field label="Born" name="birthDate" type="date" />
      <NumberField label="Weight, kg" name="weightKg" />
      <NumberField label="Body surface, m²" name="bsaM2" />
      <Field label="Phone of the patient" name="phone-patient" type="tel" />
      <Field label="Phone of the caregiver" name="phone-caregiver" type="tel" />
      <Field label="Phone of the nurse" name="phone-nurse" type="tel" />
      <Field label="Allergies" name="allergies" />
      <Field label="Present address" name="address" wide />
      <LongText label="If nobody answers" name="plan" />
      <Refusal error={error} what="The patient was not added." />
      <Buttons>
        <button type="submit" data-kind="main" aria-disabled={away} disabled={busy}>
          Add the patient
        </button>
      </Buttons>
    </Form>
  );
}
