import { useQueryClient } from '@tanstack/react-query';
import { order } from '#schemas/http/orders.ts';
import type { Therapy } from '#schemas/http/therapies.ts';
import { Buttons, Choice, Field, Form, LongText, NumberField, Refusal, useSending } from '../../components/form.tsx';
import { useServices } from '../../services.tsx';
import { OrderNumberFields, readOrderNumbers } from './order-fields.tsx';
import { orderFieldNames } from './order-words.ts';

const modes = [
  ['continuous', 'continuous'],
  ['intermittent', 'doses with pauses'],
  ['steps', 'steps, taper, ramp'],
  ['pca', 'PCA'],
] as const;

/** A new version of a therapy's order. It counts once another pharmacist has entered the same. */
export function OrderForm({ therapy, onMade }: { therapy: Therapy; onMade: () => void }) {
  const { http } = useServices();
  const client = useQueryClient();
  const { busy, away, error, send } = useSending();
  return (
    <Form
      submit={(fields) =>
        void send(async () => {
          const total = fields.number('total');
          const demandMl = fields.number('demandMl');
          const lockoutMin = fields.number('lockoutMin');
          const pca =
            demandMl === null || lockoutMin === null
              ? null
              : { demandMl, lockoutMin, maxMlPer4H: fields.number('maxMlPer4H') };
          const body = {
            therapy: therapy.id,
            drug: therapy.drug,
            mode: fields.text('mode'),
            ...readOrderNumbers(fields),
            overfillMl: fields.number('overfillMl') ?? 0,
            totalDose: total === null ? null : { amount: total, unit: fields.text('totalUnit') ?? '' },
            pca,
            notes: fields.text('notes'),
          };
          await http('/orders', order, { method: 'POST', body });
          await client.invalidateQueries({ queryKey: ['care'] });
          onMade();
        })
      }
    >
      <Choice label="Mode" name="mode" options={modes} />
      <OrderNumberFields />
      <NumberField label="Overfill, mL" name="overfillMl" hint="0" />
      <NumberField label="Total" name="total" />
      <Field label="Unit of the total" name="totalUnit" hint="mg" />
      <NumberField label="PCA demand, mL" name="demandMl" />
      <NumberField label="PCA lockout, min" name="lockoutMin" />
      <NumberField label="PCA, most mL in 4 h" name="maxMlPer4H" />
      <LongText label="Notes" name="notes" />
      <Refusal error={error} what="The order was not kept." names={orderFieldNames} />
      <Buttons>
        <button type="submit" data-kind="main" aria-disabled={away} disabled={busy}>
          {busy ? 'Saving…' : 'Save as draft: another pharmacist verifies it'}
        </button>
      </Buttons>
    </Form>
  );
}
