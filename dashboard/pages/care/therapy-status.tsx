import { useQueryClient } from '@tanstack/react-query';
import { type Therapy, therapyDetail } from '#schemas/http/therapies.ts';
import { Buttons, Choice, Field, Form, LongText, Refusal, useSending } from '../../components/form.tsx';
import { useServices } from '../../services.tsx';
import styles from './care.module.css';

const statuses = [
  ['pending', 'pending'],
  ['active', 'active'],
  ['on-hold', 'on hold'],
  ['ended', 'ended, for good'],
] as const;

/** Activates, holds (until), ends, plans. A pump that runs all the same raises an alert. */
export function TherapyStatus({ therapy: { id, status } }: { therapy: Therapy }) {
  const { http } = useServices();
  const client = useQueryClient();
  const { busy, away, error, send } = useSending();
  return (
    <details className={styles.more}>
      <summary>Change status, visits, emergency plan</summary>
      <Form
        submit={(fields) =>
          void send(async () => {
            const until = fields.text('holdUntil');
            const reason = fields.text('reason');
            const [visit, next] = [fields.text('nextVisitAt'), fields.text('nextDeliveryAt')];
            const emergencyPlan = fields.text('emergencyPlan');
            const body = {
              status: fields.text('status'),
              ...(until === null ? {} : { holdUntil: new Date(until).toISOString() }),
              ...(visit === null ? {} : { nextVisitAt: new Date(visit).toISOString() }),
              ...(next === null ? {} : { nextDeliveryAt: new Date(next).toISOString() }),
              ...(emergencyPlan === null ? {} : { emergencyPlan }),
              ...(reason === null ? {} : { reason }),
            };
            await http(`/therapies/${id}`, therapyDetail, { method: 'PATCH', body });
            await client.invalidateQueries({ queryKey: ['care'] });
          })
        }
      >
        <Choice label="Status" name="status" options={statuses} value={status} />
        <Field label="On hold until (empty: until a person ends it)" name="holdUntil" type="datetime-local" />
        <Field label="Next visit" name="nextVisitAt" type="datetime-local" />
        <Field label="Next delivery" name="nextDeliveryAt" type="datetime-local" />
        <Field label="Why" name="reason" />
        <LongText label="Emergency plan (empty: as it is)" name="emergencyPlan" />
        <Refusal error={error} what="Nothing was changed." names={{ holdUntil: 'On hold until' }} />
        <Buttons>
          <button type="submit" aria-disabled={away} disabled={busy}>
            Save the change
          </button>
        </Buttons>
      </Form>
    </details>
  );
}
