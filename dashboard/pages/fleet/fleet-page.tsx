import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'wouter';
import { rejectedRecord } from '#schemas/http/administration.ts';
import { page } from '#schemas/http/shapes.ts';
import { At } from '../../components/age.tsx';
import { Denied, Empty, Failed, Loading } from '../../components/states.tsx';
import { useMay, useServices } from '../../services.tsx';
import { count } from '../../words.ts';
import styles from './fleet-page.module.css';
import { Inventory } from './inventory.tsx';
import { TechnicalList } from './technical-list.tsx';

const records = page(rejectedRecord);

/** What a technician looks after: the list of what is wrong with pumps and platform, and what could not be read. */
export default function FleetPage() {
  const allowed = useMay('technical.read');
  const mayReadRejected = useMay('rejected.read');
  const [params, setParams] = useSearchParams();
  if (!allowed) return <Denied what="The technician’s list" />;
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>Fleet</h1>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            const text = String(new FormData(event.currentTarget).get('pump')).trim();
            setParams(text === '' ? {} : { pump: text });
          }}
        >
          <input
            type="search"
            name="pump"
            defaultValue={params.get('pump') ?? ''}
            placeholder="Pump id (/)"
            aria-label="Only this pump"
          />
        </form>
      </header>
      <h2>To look after</h2>
      <TechnicalList />
      <p>
        <Link href="/library/roll-out">Library roll-out</Link>
      </p>
      <Inventory pump={params.get('pump') ?? ''} />
      {mayReadRejected && <Rejected pump={params.get('pump') ?? ''} />}
    </div>
  );
}

/** What pumps sent that could not be read, with the reason and what came. */
function Rejected({ pump }: { pump: string }) {
  const { http } = useServices();
  const query = useInfiniteQuery({
    queryKey: ['rejected', pump],
    initialPageParam: '',
    refetchInterval: 15_000,
    queryFn: ({ signal, pageParam }) => {
      const search = new URLSearchParams({ limit: '50' });
      if (pageParam !== '') search.set('cursor', pageParam);
      if (pump !== '') search.set('pump', pump);
      return http(`/rejected-records?${search}`, records, { signal });
    },
    getNextPageParam: (last) => last.next,
  });
  const items = query.data?.pages.flatMap(({ items: rows }) => rows) ?? [];
  return (
    <>
      <h2>Rejected records</h2>
      {query.isPending && <Loading what="rejected records" lines={6} />}
      {query.isError && <Failed what="Rejected records" error={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && items.length === 0 && (
        <Empty title={pump === '' ? 'Every record could be read' : `No rejected record of ${pump}`}>
          <p className="muted">A record that can’t be read is kept here with its reason and its bytes.</p>
        </Empty>
      )}
      <ul className={styles.list}>
        {items.map((record) => (
          <li key={record.id} className={styles.record}>
            <p>
              <Link href={`/pumps/${encodeURIComponent(record.pump)}`}>{record.pump}</Link>
              {record.seq !== null && ` · record ${count(record.seq)}`}
              {record.kind !== null && ` · ${record.kind}`} · {record.lane} lane
              {record.count > 1 && ` · × ${count(record.count)}`} · <At at={record.lastAt} />
            </p>
            <p>
              <strong>{record.reason}</strong>
            </p>
            <details>
              <summary>What came ({count(record.rawBytes)} bytes)</summary>
              <pre>{record.raw ?? 'Over the size limit: nothing was kept.'}</pre>
              <p className="muted small">
                {record.rawEncoding === 'base64' && 'not text, shown as base64 · '}sha256 {record.sha256}
              </p>
            </details>
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
