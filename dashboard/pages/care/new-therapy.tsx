import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { therapyDetail } from '#schemas/http/therapies.ts';
import { Buttons, Choice, Field, Form, LongText, Refusal, useSending } from '../../components/form.tsx';
import { useServices } from '../../services.tsx';
import { PatientChoice } from './patient-choice.tsx';

/** A new course of one drug for one patient. */
export function NewTherapy() {
  const { http } = useServices();
  const client = useQueryClient();
  const [, go] = useLocation();
  const [patient, setPatient] = useState<string | null>(null);
  const { busy, away, error, send } = useSending();
  return (
    <Form
      submit={(fields) =>
        void send(async () => {
          if (patient === null) throw new Error('Choose the patient first.');
          const body = {
            patient,
            drug: fields.text('drug'),
            careArea: fields.text('careArea'),
            status: fields.text('status'),
            ...(fields.text('reference') === null ? {} : { reference: fields.text('reference') }),
            emergencyPlan: fields.text('emergencyPlan'),
          };
          const made = await http('/therapies', therapyDetail, { method: 'POST', body });
          await client.invalidateQueries({ queryKey: ['care'] });
          go(`/therapies/${made.id}`);
        })
      }
    >
      <PatientChoice chosen={patient} onChoose={setPatient} />
      <Field label="Drug" name="drug" required hint="fluorouracil" />
      <Field label="Care area" name="careArea" required hint="adult home" />
      <Field label="Reference (may be empty)" name="reference" />
      <Choice
        label="Status"
        name="status"
        options={[
          ['pending', 'pending'],
          ['active', 'active'],
        ]}
      />
      <LongText label="Emergency plan" name="emergencyPlan" />
      <Refusal error={error} what="The therapy was not begun." />
      <Buttons>
        <button type="submit" data-kind="main" aria-disabled={away} disabled={busy || patient === null}>
          Begin the therapy
        </button>
      </Buttons>
    </Form>
  );
}
