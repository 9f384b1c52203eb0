import { useQueryClient } from '@tanstack/react-query';
import { type Patient, patient as patientShape } from '#schemas/http/patients.ts';
import { Buttons, Form, NumberField, Refusal, useSending } from '../../components/form.tsx';
import { useServices } from '../../services.tsx';
import styles from './care.module.css';

/** What doses per kg and m² need. Orders keep what they were made with. */
export function PatientSize({ patient: { id, initials } }: { patient: Pick<Patient, 'id' | 'initials'> }) {
  const { http } = useServices();
  const client = useQueryClient();
  const { busy, away, error, send } = useSending();
  return (
    <details className={styles.more}>
      <summary>Enter the weight or body surface of {initials}</summary>
      <Form
        submit={(fields) =>
          void send(async () => {
            const weightKg = fields.number('weightKg');
            const bsaM2 = fields.number('bsaM2');
            // What is left empty stays as it was.
            const body = { ...(weightKg !== null && { weightKg }), ...(bsaM2 !== null && { bsaM2 }) };
            await http(`/patients/${id}`, patientShape, { method: 'PATCH', body });
            await client.invalidateQueries({ queryKey: ['care'] });
          })
        }
      >
        <NumberField label="Weight, kg" name="weightKg" />
        <NumberField label="Body surface, m²" name="bsaM2" />
        <Refusal error={error} what="Nothing was changed." />
        <Buttons>
          <button type="submit" aria-disabled={away} disabled={busy}>
            Save: new orders are made with it
          </button>
        </Buttons>
      </Form>
    </details>
  );
}
