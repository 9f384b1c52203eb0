import { useInfiniteQuery } from '@tanstack/react-query';
import { useSearchParams } from 'wouter';
import { call, callers, followUpStates } from '#schemas/http/calls.ts';
import { page } from '#schemas/http/shapes.ts';
import { Denied, Empty, Failed, Loading } from '../../components/states.tsx';
import { useMay, useServices } from '../../services.tsx';
import { CallItem } from './call-item.tsx';
import { callerWords } from './call-words.ts';
import styles from './calls.module.css';
import { Tabs } from './tabs.tsx';

const calls = page(call);
const filters = ['patient', 'alert', 'caller', 'followUp', 'owner', 'from', 'to'];
const followUpWords = { open: 'open follow-up', overdue: 'overdue follow-up', done: 'done follow-up' } as const;

/** Who called, what about, what is still to be done. */
export default function CallsPage() {
  const allowed = useMay('call.read');
  return (
    <div className={styles.page}>
      <Tabs />
      {allowed ? <Calls /> : <Denied what="Calls" />}
    </div>
  );
}

function Calls() {
  const { http, session } = useServices();
  const [params, setParams] = useSearchParams();
  const wanted = new URLSearchParams([...params].filter(([name]) => filters.includes(name))).toString();
  const query = useInfiniteQuery({
    queryKey: ['calls', 'list', wanted],
    initialPageParam: '',
    // Each reading is audited: read when opened and after a change, not by itself.
    refetchOnWindowFocus: false,
    queryFn: ({ signal, pageParam }) =>
      http(`/calls?${wanted}&cursor=${encodeURIComponent(pageParam)}`, calls, { signal }),
    getNextPageParam: ({ next }) => next,
  });
  const set = (name: string, value: string) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === '') next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  const items = query.data?.pages.flatMap((one) => one.items) ?? [];
  return (
    <>
      <header className={styles.head}>
        <h1>Calls</h1>
        <a href={`/api/v1/calls/export?${wanted}`} download="calls.csv">
          Download as CSV
        </a>
      </header>
      <div className={styles.filters} data-screen-only>
        <label>
          Show
          <select value={params.get('followUp') ?? ''} onChange={(event) => set('followUp', event.target.value)}>
            <option value="">all calls</option>
            {followUpStates.map((state) => (
              <option key={state} value={state}>
                with {followUpWords[state]}
              </option>
            ))}
          </select>
        </label>
        <label>
          Whose follow-up
          <select value={params.get('owner') ?? ''} onChange={(event) => set('owner', event.target.value)}>
            <option value="">anybody’s</option>
            <option value={session.user.id}>mine</option>
          </select>
        </label>
        <label>
          Who called
          <select value={params.get('caller') ?? ''} onChange={(event) => set('caller', event.target.value)}>
            <option value="">anybody</option>
            {callers.map((one) => (
              <option key={one} value={one}>
                {callerWords[one]}
              </option>
            ))}
          </select>
        </label>
      </div>
      {query.isError && <Failed what="Calls" error={query.error} retry={() => void query.refetch()} />}
      {query.isPending && <Loading what="calls" />}
      {query.isSuccess && items.length === 0 && (
        <Empty title={wanted === '' ? 'No call was logged yet' : 'No call matches'}>
          <p>Press c, or ☎ above, to log one.</p>
        </Empty>
      )}
      <ul className={styles.list}>
        {items.map((item) => (
          <CallItem key={item.id} call={item} />
        ))}
      </ul>
      {query.hasNextPage && (
        <button type="button" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {query.isFetchingNextPage ? 'Loading…' : 'Older calls'}
        </button>
      )}
    </>
  );
}
