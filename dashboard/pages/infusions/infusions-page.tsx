import { useInfiniteQuery } from '@tanstack/react-query';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type FormEvent, useLayoutEffect, useRef, useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { type Infusion, infusion, page } from '#schemas/http/shapes.ts';
import { Age } from '../../components/age.tsx';
import { Empty, Failed, Loading } from '../../components/states.tsx';
import { useServices } from '../../services.tsx';
import { amount, dayAndTime, duration, plural } from '../../words.ts';
import { Drug } from '../alerts/alert-words.tsx';
import styles from './infusions-page.module.css';
import { LastState } from './last-state.tsx';

const infusions = page(infusion);
const filters = ['q', 'pump', 'state', 'from', 'to'] as const;

/** A search over all infusions; the filter lives in the URL. */
export default function InfusionsPage() {
  const { http } = useServices();
  const [params, setParams] = useSearchParams();
  const wanted = new URLSearchParams(
    [...params].filter(([name, value]) => value !== '' && filters.some((f) => f === name)),
  );
  const query = useInfiniteQuery({
    queryKey: ['infusions', wanted.toString()],
    initialPageParam: '',
    queryFn: ({ signal, pageParam }) => {
      const search = new URLSearchParams({ limit: '100' });
      for (const [name, value] of wanted)
        search.set(name, name === 'from' || name === 'to' ? dayStart(value, name) : value);
      if (pageParam !== '') search.set('cursor', pageParam);
      return http(`/infusions?${search}`, infusions, { signal });
    },
    getNextPageParam: (last) => last.next,
  });
  const items = query.data?.pages.flatMap(({ items: rows }) => rows) ?? [];

  function filter(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const next = new URLSearchParams();
    for (const name of filters) {
      const value = String(form.get(name) ?? '').trim();
      if (value !== '') next.set(name, value);
    }
    setParams(next);
  }

  return (
    <>
      <h1>Infusions</h1>
      <form key={wanted.toString()} className={styles.filters} onSubmit={filter} data-screen-only>
        <label className={styles.wide}>
          Drug
          <input type="search" name="q" defaultValue={params.get('q') ?? ''} placeholder="part of the name (/)" />
        </label>
        <label>
          Pump
          <input name="pump" defaultValue={params.get('pump') ?? ''} />
        </label>
        <label>
          State
          <select name="state" defaultValue={params.get('state') ?? ''}>
            <option value="">all</option>
            <option value="running">running</option>
            <option value="ended">ended</option>
          </select>
        </label>
        <label>
          From
          <input name="from" type="date" defaultValue={params.get('from') ?? ''} />
        </label>
        <label>
          To
          <input name="to" type="date" defaultValue={params.get('to') ?? ''} />
        </label>
        <button type="submit" data-kind="main">
          Search
        </button>
      </form>
      {query.isPending && <Loading what="infusions" lines={8} />}
      {query.isError && <Failed what="Infusions" error={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && items.length === 0 && (
        <Empty title={wanted.size === 0 ? 'No infusion yet' : 'No infusion matches'}>
          {wanted.size > 0 && (
            <button type="button" onClick={() => setParams({})}>
              Show all
            </button>
          )}
        </Empty>
      )}
      {items.length > 0 && (
        <Rows
          items={items}
          onEnd={() => query.hasNextPage && !query.isFetchingNextPage && void query.fetchNextPage()}
        />
      )}
      {query.isFetchingNextPage && <Loading what="older infusions" lines={2} />}
    </>
  );
}

/** A day in the viewer's zone as an instant; `to` includes the day. */
function dayStart(day: string, name: string): string {
  const at = new Date(`${day}T00:00:00`);
  if (Number.isNaN(at.getTime())) return day;
  if (name === 'to') at.setDate(at.getDate() + 1);
  return at.toISOString();
}

const rowHeight = 64;
/** On a phone a long drug name takes a second line, and so may its amounts: a name that is cut is another drug’s. */
const phoneRowHeight = 84;

function Rows({ items, onEnd }: { items: readonly Infusion[]; onEnd: () => void }) {
  const list = useRef<HTMLUListElement>(null);
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => setOffset(list.current?.offsetTop ?? 0), []);
  const [height] = useState(() => (matchMedia('(max-width: 799px)').matches ? phoneRowHeight : rowHeight));
  const rows = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => height,
    overscan: 10,
    scrollMargin: offset,
    getItemKey: (index) => items[index]?.id ?? index,
    onChange: (virtual) => {
      const last = virtual.getVirtualItems().at(-1);
      if (last !== undefined && last.index >= items.length - 5) onEnd();
    },
  });
  return (
    <ul ref={list} className={styles.rows} style={{ height: rows.getTotalSize() }}>
      {rows.getVirtualItems().map((row) => {
        const item = items[row.index];
        if (item === undefined) return null;
        return (
          <li key={row.key} className={styles.row} style={{ top: row.start - rows.options.scrollMargin, height }}>
            <Link href={`/infusions/${item.id}`} className={styles.link}>
              <strong className={styles.drug}>
                <Drug name={item.drug} />
              </strong>
              <span className={styles.pump}>
                {item.pump} · no. {item.pumpInfusion}
              </span>
              <span className={styles.state}>{item.endedAt === null ? <LastState infusion={item} /> : 'Ended'}</span>
              <span className={styles.amounts}>
                <span className="nowrap">{item.totalMl === null ? '–' : `${amount(item.totalMl)} mL`}</span>
                {item.endedAt === null && item.rateMlPerH !== null && (
                  <>
                    {' · '}
                    <span className="nowrap">{amount(item.rateMlPerH)} mL/h</span>
                  </>
                )}
                {item.endedAt === null && (
                  <>
                    {' · '}
                    <Age at={item.lastKnownAt} />
                  </>
                )}
              </span>
              <span className={styles.time}>
                {dayAndTime(Date.parse(item.startedAt))}
                {item.endedAt !== null && ` · ${duration(Date.parse(item.endedAt) - Date.parse(item.startedAt))}`}
              </span>
              <span className={styles.alerts}>{item.alerts === 0 ? '' : plural(item.alerts, 'alert')}</span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
