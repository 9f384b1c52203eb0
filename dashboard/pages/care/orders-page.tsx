import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { type Order, order } from '#schemas/http/orders.ts';
import { page } from '#schemas/http/shapes.ts';
import { type Therapy, therapy } from '#schemas/http/therapies.ts';
import { Panel } from '../../components/facts.tsx';
import { Denied, Empty, Failed, Loading } from '../../components/states.tsx';
import { useMay, useServices } from '../../services.tsx';
import { dayAndTime, plain } from '../../words.ts';
import { Drug } from '../alerts/alert-words.tsx';
import styles from './care.module.css';
import { ImportOrders } from './import-orders.tsx';
import { NewPatient } from './new-patient.tsx';
import { NewTherapy } from './new-therapy.tsx';

const therapies = page(therapy);
const orders = page(order);
const statuses = ['active', 'pending', 'on-hold', 'ended'] as const;

/** Therapies and their orders: what waits for a second pharmacist first. */
export default function OrdersPage() {
  if (!useMay('patient.read')) return <Denied what="Therapies and orders" />;
  return <Orders />;
}

function Orders() {
  const mayOrder = useMay('order.write');
  const mayBegin = useMay('therapy.write');
  const [added, setAdded] = useState(0);
  return (
    <div className={styles.page}>
      <h1>Therapies and orders</h1>
      <Waiting />
      <Therapies />
      {mayOrder && (
        <details className={styles.more}>
          <summary>Import orders</summary>
          <ImportOrders />
        </details>
      )}
      {mayBegin && (
        <details className={styles.more}>
          <summary>Begin a therapy</summary>
          <NewTherapy />
        </details>
      )}
      {mayBegin && (
        <details className={styles.more}>
          <summary>Add a patient</summary>
          {added > 0 && <p role="status">Added. Begin a therapy for them above.</p>}
          <NewPatient key={added} onMade={() => setAdded(added + 1)} />
        </details>
      )}
    </div>
  );
}

function Waiting() {
  const { http, session } = useServices();
  const query = useQuery({
    queryKey: ['care', 'orders', 'draft'],
    refetchInterval: 30_000,
    queryFn: ({ signal }) => http('/orders?state=draft&limit=100', orders, { signal }),
  });
  if (query.isError) return <Failed what="Orders" error={query.error} retry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading what="orders" lines={2} />;
  const { items } = query.data;
  return (
    <Panel title={`Waiting for a second pharmacist (${items.length})`}>
      {items.length === 0 && <p className="muted">Every order that was entered is verified.</p>}
      <ul className={styles.list}>
        {items.map((draft) => (
          <li key={draft.id}>
            <DraftLine draft={draft} own={draft.createdBy.id === session.user.id} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function DraftLine({ draft, own }: { draft: Order; own: boolean }) {
  return (
    <>
      <Link href={`/therapies/${draft.therapy.id}`}>
        {draft.patient.initials} · {draft.drug} · version {draft.version}
      </Link>{' '}
      <span className="muted">
        entered by {own ? 'you: somebody else verifies it' : draft.createdBy.name} ·{' '}
        {dayAndTime(Date.parse(draft.createdAt))}
      </span>
    </>
  );
}

function Therapies() {
  const { http } = useServices();
  const [params, setParams] = useSearchParams();
  const wanted = new URLSearchParams([...params].filter(([name]) => name === 'q' || name === 'status'));
  const query = useInfiniteQuery({
    queryKey: ['care', 'therapies', wanted.toString()],
    initialPageParam: '',
    queryFn: ({ signal, pageParam }) => {
      const search = new URLSearchParams([...wanted, ['limit', '50']]);
      if (pageParam !== '') search.set('cursor', pageParam);
      return http(`/therapies?${search}`, therapies, { signal });
    },
    getNextPageParam: (last) => last.next,
  });
  const items = query.data?.pages.flatMap(({ items: rows }) => rows) ?? [];
  return (
    <>
      <form
        key={wanted.toString()}
        className={styles.filters}
        onSubmit={(event) => {
          event.preventDefault();
          const given = new FormData(event.currentTarget);
          const next = ['q', 'status'].map((name) => [name, String(given.get(name) ?? '').trim()]);
          setParams(next.filter(([, value]) => value !== ''));
        }}
      >
        <input
          type="search"
          name="q"
          aria-label="Drug or reference"
          placeholder="drug or reference (/)"
          defaultValue={params.get('q') ?? ''}
        />
        <select name="status" aria-label="Status" defaultValue={params.get('status') ?? ''}>
          <option value="">every status</option>
          {statuses.map((status) => (
            <option key={status} value={status}>
              {plain(status)}
            </option>
          ))}
        </select>
        <button type="submit">Search</button>
      </form>
      {query.isPending && <Loading what="therapies" lines={5} />}
      {query.isError && <Failed what="Therapies" error={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && items.length === 0 && <Empty title="No therapy here">Begin one below.</Empty>}
      <ul className={styles.list}>
        {items.map((one) => (
          <li key={one.id} className={styles.item} data-gone={one.status === 'ended'}>
            <TherapyLine therapy={one} />
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <button type="button" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {query.isFetchingNextPage ? 'Loading…' : 'Older ones'}
        </button>
      )}
    </>
  );
}

function TherapyLine({
  therapy: { id, patient, drug, careArea, reference, status, orderVersion, draftVersion },
}: {
  therapy: Therapy;
}) {
  const counts = orderVersion === null ? 'no verified order' : `order version ${orderVersion}`;
  const waits = draftVersion === null ? '' : `, version ${draftVersion} waits`;
  return (
    <>
      <p>
        <Link href={`/therapies/${id}`}>
          {patient.initials} · <Drug name={drug} />
        </Link>{' '}
        <span className={styles.word}>{plain(status)}</span>
      </p>
      <p className="muted">
        {orderVersion === null ? <strong>{counts}</strong> : counts}
        {waits} · {careArea} · {reference}
      </p>
    </>
  );
}
