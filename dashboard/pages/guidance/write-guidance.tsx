import { useQueryClient } from '@tanstack/react-query';
import { guidanceTitle } from '#schemas/guidance/choose-guidance.ts';
import { guidanceTypes } from '#schemas/guidance/default-guidance.ts';
import { type Guidance, guidance } from '#schemas/http/guidance.ts';
import { Buttons, Choice, Field, type Fields, Form, LongText, Refusal, useSending } from '../../components/form.tsx';
import { useMay, useServices } from '../../services.tsx';
import { dayAndTime } from '../../words.ts';
import styles from '../calls/calls.module.css';

function useGuidance() {
  const { http } = useServices();
  const client = useQueryClient();
  const { busy, away, error, send } = useSending();
  async function post(path: string, body: object): Promise<void> {
    await send(() => http(path, guidance, { method: 'POST', body }));
    await client.invalidateQueries({ queryKey: ['guidance'] });
  }
  return { busy, away, error, post };
}

/** One line is one step. `type` null: to be chosen. */
export function WriteGuidance({
  type,
  drug,
  steps,
}: {
  type: string | null;
  drug: string | null;
  steps: readonly string[];
}) {
  const { busy, away, error, post } = useGuidance();
  const save = (fields: Fields) =>
    void post('/guidance', {
      ...{ type: type ?? fields.text('type'), drug: type === null ? fields.text('drug') : drug },
      steps: (fields.text('steps') ?? '').split('\n').filter((line) => line.trim() !== ''),
    });
  return (
    <Form submit={save}>
      {type === null && (
        <>
          <Choice
            label="Type of alert"
            name="type"
            options={guidanceTypes.map((one) => [one, guidanceTitle(one)] as const)}
          />
          <Field label="Only for this drug (may be empty)" name="drug" />
        </>
      )}
      <LongText
        label="Steps, one in a line, at most 6; short, they are read at night"
        name="steps"
        value={steps.join('\n')}
      />
      <Refusal error={error} what="Not written." names={{ steps: 'Steps' }} />
      <Buttons>
        <button type="submit" data-kind="main" aria-disabled={away} disabled={busy}>
          {busy ? 'Saving…' : 'Save as draft for another pharmacist'}
        </button>
      </Buttons>
    </Form>
  );
}

/** A draft as it will be read, and the second pharmacist's decision. */
export function Draft({ draft }: { draft: Guidance }) {
  const { session } = useServices();
  const mayWrite = useMay('guidance.write');
  const { busy, away, error, post } = useGuidance();
  const own = draft.createdBy.id === session.user.id;
  const name = `${guidanceTitle(draft.type)}${draft.drug === null ? '' : `, ${draft.drug}`}`;
  return (
    <li className={styles.item}>
      <h3>
        {name}, version {draft.version}
      </h3>
      <ol className={styles.steps}>
        {draft.steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <p className="muted small">
        Written by {draft.createdBy.name}, {dayAndTime(Date.parse(draft.createdAt))}
        {own && ' · it takes another pharmacist to publish it'}
      </p>
      {mayWrite && (
        <Buttons>
          {!own && (
            <button
              type="button"
              data-kind="main"
              aria-disabled={away}
              disabled={busy}
              onClick={() => void post(`/guidance/${draft.id}/publish`, {})}
            >
              Publish: everybody reads this from now on
            </button>
          )}
          <button
            type="button"
            aria-disabled={away}
            disabled={busy}
            onClick={() => void post(`/guidance/${draft.id}/discard`, {})}
          >
            Discard
          </button>
        </Buttons>
      )}
      <Refusal error={error} what="Not changed." />
    </li>
  );
}
