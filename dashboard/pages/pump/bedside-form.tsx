import { useState } from 'react';
import { type Assignment, assignment, corrected } from '#schemas/http/assignments.ts';
import { identifierKinds } from '#schemas/rules/bedside-check.ts';
import { Buttons, Choice, Field, Form, Refusal, useSending } from '../../components/form.tsx';
import { useServices } from '../../services.tsx';
import { plain, plural } from '../../words.ts';
import { PatientChoice } from '../care/patient-choice.tsx';

const kinds = identifierKinds.map((kind) => [kind, plain(kind)] as const);
const names: Readonly<Record<string, string>> = {
  'verified.pumpLabel': 'Label of the pump',
  'verified.identifiers': 'Identifiers',
  'verified.identifiers.0.value': 'First identifier',
  'verified.identifiers.1.value': 'Second identifier',
  from: 'Time',
};

/** Label of the pump and two identifiers of the patient, as read at the bedside; compared, not kept. */
export function BedsideForm({
  pumpId,
  corrects,
  onDone,
}: {
  pumpId: string;
  corrects: Assignment | null;
  onDone: () => Promise<void>;
}) {
  const { http } = useServices();
  const [patient, setPatient] = useState<string | null>(null);
  const [moved, setMoved] = useState<number | null>(null);
  const { busy, away, error, send } = useSending();
  return (
    <Form
      submit={(fields) =>
        void send(async () => {
          if (patient === null) throw new Error('Choose the patient first.');
          const identifiers = ['first', 'second'].map((name) => ({
            kind: fields.text(`${name}-kind`),
            value: fields.text(name) ?? '',
          }));
          const verified = { pumpLabel: fields.text('pumpLabel') ?? '', identifiers };
          if (corrects === null) {
            await http('/assignments', assignment, { method: 'POST', body: { pump: pumpId, patient, verified } });
          } else {
            const body = { patient, verified, reason: fields.text('reason') };
            const answer = await http(`/assignments/${corrects.id}/correct`, corrected, { method: 'POST', body });
            setMoved(answer.reattributed.length);
          }
          await onDone();
        })
      }
    >
      <PatientChoice chosen={patient} onChoose={setPatient} />
      <Field label="Label on the pump, as printed" name="pumpLabel" required />
      <Choice label="First identifier" name="first-kind" options={kinds} value="name" />
      <Field label="as the patient says it" name="first" required />
      <Choice label="Second identifier" name="second-kind" options={kinds} value="birth-date" />
      <Field label="as the patient says it (1953-04-17)" name="second" required />
      {corrects !== null && <Field label="Why it was wrong" name="reason" required wide />}
      <Refusal error={error} what="Nothing was changed." names={names} />
      {moved !== null && <p role="status">Corrected: {plural(moved, 'infusion')} changed hands.</p>}
      <Buttons>
        <button type="submit" data-kind="main" aria-disabled={away} disabled={busy || patient === null}>
          {corrects === null ? 'Give it to this patient' : 'Correct: it was with this patient'}
        </button>
      </Buttons>
    </Form>
  );
}
