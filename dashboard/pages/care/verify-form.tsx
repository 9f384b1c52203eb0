import { useQueryClient } from '@tanstack/react-query';
import { type Order, order as orderShape } from '#schemas/http/orders.ts';
import { Buttons, Form, Refusal, useSending } from '../../components/form.tsx';
import { useServices } from '../../services.tsx';
import { OrderNumberFields, readOrderNumbers } from './order-fields.tsx';
import { orderFieldNames } from './order-words.ts';

/** The second pharmacist reads the prescription and enters it anew; the first one's numbers are not shown. */
export function VerifyForm({ order }: { order: Order }) {
  const { http, session } = useServices();
  const client = useQueryClient();
  const { busy, away, error, send } = useSending();
  if (order.createdBy.id === session.user.id) {
    return <p>You wrote this order: another pharmacist has to verify it.</p>;
  }
  return (
    <>
      <p className="muted">
        Read the prescription, not the screen: enter {order.drug} for {order.patient.initials} as you read it. What{' '}
        {order.createdBy.name} entered is compared and not shown.
      </p>
      <Form
        submit={(fields) =>
          void send(async () => {
            const path = `/orders/${order.id}/verify`;
            await http(path, orderShape, { method: 'POST', body: readOrderNumbers(fields) });
            await client.invalidateQueries({ queryKey: ['care'] });
          })
        }
      >
        <OrderNumberFields />
        <Refusal error={error} what="The order does not count yet." names={orderFieldNames} />
        <Buttons>
          <button type="submit" data-kind="main" aria-disabled={away} disabled={busy}>
            {busy ? 'Comparing…' : 'Verify: it counts from now on'}
          </button>
        </Buttons>
      </Form>
    </>
  );
}
