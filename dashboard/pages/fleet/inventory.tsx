import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { page, pump as pumpShape } from '#schemas/http/shapes.ts';
import { Age } from '../../components/age.tsx';
import { Empty, Failed, Loading } from '../../components/states.tsx';
import { useServices } from '../../services.tsx';
import { plain } from '../../words.ts';
import styles from './fleet-page.module.css';

const pumps = page(pumpShape);

/** Every pump with its firmware and the library that it has, beside the one that it is to have. */
export function Inventory({ pump }: { pump: string }) {
  const { http } = useServices();
  const query = useInfiniteQuery({
    queryKey: ['inventory', pump],
    initialPageParam: '',
    refetchInterval: 15_000,
    queryFn: ({ signal, pageParam }) => {
      const search = new URLSearchParams({ limit: '50', sort: 'id' });
      if (pageParam !== '') search.set('cursor', pageParam);
      if (pump !== '') search.set('q', pump);
      return http(`/pumps?${search}`, pumps, { signal });
    },
    getNextPageParam: (last) => last.next,
  });
  const items = query.data?.pages.flatMap(({ items: rows }) => rows) ?? [];
  return (
    <>
      <h2>Pumps</h2>
      {query.isPending && <Loading what="pumps" lines={6} />}
      {query.isError && <Failed what="Pumps" error={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && items.length === 0 && (
        <Empty title={pump === '' ? 'There is no pump yet' : `No pump ${pump}`} />
      )}
      {items.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        <section className={styles.wide} aria-label="Pumps" tabIndex={0}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">Pump</th>
                <th scope="col">Last contact</th>
                <th scope="col">Status</th>
                <th scope="col">Model, serial</th>
                <th scope="col">Firmware</th>
                <th scope="col">Library installed</th>
                <th scope="col">Library assigned</th>
              </tr>
            </thead>
            <tbody>
              {items.map((row) => (
                <tr key={row.id}>
                  <td>
                    <Link href={`/pumps/${encodeURIComponent(row.id)}`}>{row.id}</Link>
                  </td>
                  <td>{row.lastContactAt ? <Age at={row.lastContactAt} /> : 'never'}</td>
                  <td>{plain(row.status)}</td>
                  <td>
                    {row.model}, {row.serial}
                  </td>
                  <td>{row.firmware ?? '–'}</td>
                  <td>{row.libraryVersion ?? '–'}</td>
                  <td>
                    {row.libraryAssigned === null && '–'}
                    {row.libraryAssigned !== null && row.libraryAssigned === row.libraryVersion && 'the same'}
                    {row.libraryAssigned !== null && row.libraryAssigned !== row.libraryVersion && (
                      <strong>{row.libraryAssigned}</strong>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {query.hasNextPage && (
        <button type="button" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {query.isFetchingNextPage ? 'Loading…' : 'More pumps'}
        </button>
      )}
    </>
  );
}
