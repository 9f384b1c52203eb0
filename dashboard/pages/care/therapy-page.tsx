import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { type Order, order } from '#schemas/http/orders.ts';
import { page } from '#schemas/http/shapes.ts';
import { type Therapy, therapyDetail } from '#schemas/http/therapies.ts';
import { Facts, Panel } from '../../components/facts.tsx';
import { Buttons, Field, Form, Refusal, useSending } from '../../components/form.tsx';
import { Denied, Failed, Loading } from '../../components/states.tsx';
import { useMay, useServices } from '../../services.tsx';
import { dayAndTime, plain } from '../../words.ts';
import { Drug } from '../alerts/alert-words.tsx';
import styles from './care.module.css';
import { Exceptions } from './exceptions.tsx';
import { OrderForm } from './order-form.tsx';
import { orderFacts } from './order-words.ts';
import { PatientSize } from './patient-size.tsx';
import { TherapyStatus } from './therapy-status.tsx';
import { VerifyForm } from './verify-form.tsx';

const orders = page(order);

/** One course: its status, its order in every version, who wrote and who verified. */
export default function TherapyPage({ id }: { id: string }) {
  const { http } = useServices();
  const allowed = useMay('patient.read');
  const path = `/therapies/${encodeURIComponent(id)}`;
  // Read when opened and after a change; not by itself, since each reading is audited.
  const detail = useQuery({
    queryKey: ['care', 'therapy', id],
    enabled: allowed,
    refetchOnWindowFocus: false,
    queryFn: ({ signal }) => http(path, therapyDetail, { signal }),
  });
  const versions = useQuery({
    queryKey: ['care', 'orders', id],
    enabled: allowed,
    refetchOnWindowFocus: false,
    queryFn: ({ signal }) => http(`/orders?therapy=${encodeURIComponent(id)}&limit=100`, orders, { signal }),
  });
  if (!allowed) return <Denied what="This therapy" />;
  if (detail.isError) return <Failed what="This therapy" error={detail.error} retry={() => void detail.refetch()} />;
  if (detail.data === undefined) return <Loading what="the therapy" lines={8} />;
  const therapy = detail.data;
  const items = versions.data?.items ?? [];
  return (
    <article className={styles.page}>
      <header>
        <p className="muted">
          <Link href="/orders">Therapies and orders</Link> / {therapy.reference}
        </p>
        <h1>
          {therapy.patient.initials} · <Drug name={therapy.drug} />
        </h1>
        <p>
          <span className={styles.word}>{plain(therapy.status)}</span> {therapy.careArea}
          {therapy.holdUntil !== null && ` · on hold until ${dayAndTime(Date.parse(therapy.holdUntil))}`}
        </p>
      </header>
      <Status therapy={therapy} emergencyPlan={therapy.emergencyPlan} />
      <Exceptions patient={therapy.patient} />
      {versions.isError && <Failed what="Orders" error={versions.error} retry={() => void versions.refetch()} />}
      {versions.isSuccess && items.length === 0 && <p>No order was entered yet.</p>}
      {items.map((version) => (
        <Version key={version.id} order={version} />
      ))}
      <NewVersion therapy={therapy} next={(items[0]?.version ?? 0) + 1} />
    </article>
  );
}

function Status({ therapy, emergencyPlan }: { therapy: Therapy; emergencyPlan: string | null }) {
  const mayChange = useMay('therapy.write');
  const when = (at: string | null) => (at === null ? null : dayAndTime(Date.parse(at)));
  return (
    <Panel title="Therapy">
      <Facts
        facts={[
          ['Next visit', when(therapy.nextVisitAt)],
          ['Next delivery', when(therapy.nextDeliveryAt)],
          ['Schedule', therapy.schedule.kind],
          ['Emergency plan', emergencyPlan],
        ]}
      />
      {mayChange && therapy.status !== 'ended' && <TherapyStatus therapy={therapy} />}
      {mayChange && <PatientSize patient={therapy.patient} />}
    </Panel>
  );
}

function NewVersion({ therapy, next }: { therapy: Therapy; next: number }) {
  const mayOrder = useMay('order.write');
  const [open, setOpen] = useState(false);
  if (!mayOrder || therapy.status === 'ended') return null;
  return (
    <details className={styles.more} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Enter version {next}</summary>
      {open && <OrderForm therapy={therapy} onMade={() => setOpen(false)} />}
    </details>
  );
}

const stateWords: Record<Order['state'], string> = {
  draft: 'waits for another pharmacist: it does not count',
  verified: 'counts',
  superseded: 'superseded',
  cancelled: 'cancelled',
};

function Version({ order: version }: { order: Order }) {
  const mayOrder = useMay('order.write');
  const { state, createdBy, createdAt, verifiedBy, verifiedAt, endedAt, endReason, source } = version;
  const over = state === 'superseded' || state === 'cancelled';
  const mine = useServices().session.user.id === createdBy.id;
  // The second pharmacist does not see what the first one entered.
  const hidden = state === 'draft' && mayOrder && !mine;
  const wrote: [string, React.ReactNode][] = [
    [
      'Written',
      `${createdBy.name}, ${dayAndTime(Date.parse(createdAt))}${source === 'entered' ? '' : `, from ${source.toUpperCase()}`}`,
    ],
  ];
  if (verifiedBy !== null && verifiedAt !== null) {
    wrote.push(['Verified', `${verifiedBy.name}, ${dayAndTime(Date.parse(verifiedAt))}`]);
  }
  if (endedAt !== null) wrote.push(['Ended', `${dayAndTime(Date.parse(endedAt))}, ${endReason ?? ''}`]);
  const shown = <Facts facts={hidden ? wrote : [...orderFacts(version), ...wrote]} />;
  return (
    <section className={styles.item} data-gone={over}>
      <h2>
        Order, version {version.version}: {stateWords[state]}
      </h2>
      {over ? (
        <details>
          <summary>Show it</summary>
          {shown}
        </details>
      ) : (
        shown
      )}
      {state === 'draft' && mayOrder && <VerifyForm order={version} />}
      {!over && mayOrder && <Cancel order={version} />}
    </section>
  );
}

function Cancel({ order: { id, version } }: { order: Order }) {
  const { http } = useServices();
  const client = useQueryClient();
  const { busy, away, error, send } = useSending();
  return (
    <details className={styles.more}>
      <summary>Cancel version {version}</summary>
      <Form
        submit={(fields) =>
          void send(async () => {
            const body = { reason: fields.text('reason') };
            await http(`/orders/${id}/cancel`, order, { method: 'POST', body });
            await client.invalidateQueries({ queryKey: ['care'] });
          })
        }
      >
        <Field label="Why" name="reason" required wide />
        <Refusal error={error} what="It was not cancelled." />
        <Buttons>
          <button type="submit" aria-disabled={away} disabled={busy}>
            Cancel this order: no version counts then
          </button>
        </Buttons>
      </Form>
    </details>
  );
}
