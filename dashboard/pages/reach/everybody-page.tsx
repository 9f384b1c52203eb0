import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { type Reachable, reachablePage } from '#schemas/http/contact-methods.ts';
import { Denied, Failed, Loading } from '../../components/states.tsx';
import { useMay, useNow, useServices } from '../../services.tsx';
import { plain } from '../../words.ts';
import { MethodName, MethodWords } from './method-card.tsx';
import { Outbox } from './outbox.tsx';
import styles from './reach.module.css';
import { reaches } from './reach-words.ts';

/** "Whom would an alert not reach?" */
export default function EverybodyPage() {
  if (!useMay('reach.read')) return <Denied what="Who can be reached" />;
  return <Everybody />;
}

function Everybody() {
  const { http } = useServices();
  const now = useNow();
  const query = useInfiniteQuery({
    queryKey: ['reach', 'everybody'],
    initialPageParam: '',
    refetchInterval: 20_000,
    queryFn: ({ signal, pageParam }) =>
      http(`/reachability?limit=100${pageParam === '' ? '' : `&cursor=${pageParam}`}`, reachablePage, { signal }),
    getNextPageParam: (last) => last.next,
  });
  if (query.isError) return <Failed what="Who can be reached" error={query.error} retry={() => void query.refetch()} />;
  if (query.data === undefined || now === null) return <Loading what="who can be reached" />;
  const people = query.data.pages.flatMap(({ items }) => items);
  const isReached = ({ methods }: Reachable) => methods.some((method) => reaches(method, now));
  const sorted = [...people.filter((person) => !isReached(person)), ...people.filter(isReached)];
  const reached = people.length - people.filter((person) => !isReached(person)).length;
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <h1>Who can be reached</h1>
        <Link href="/reach">How I am reached</Link>
      </header>
      <p className={styles.verdict} data-warn={reached < people.length || undefined}>
        <strong>
          {reached} of {people.length}
        </strong>{' '}
        {people.length === 1 ? 'person' : 'people'} answered a message within a day.
      </p>
      <ul className={styles.methods}>
        {sorted.map(({ user, methods }) => (
          <li
            key={user.id}
            className={styles.method}
            data-broken={methods.some((method) => method.dead || method.failingSince !== null)}
          >
            <h2>
              {user.name} <span className={styles.kind}>{plain(user.role)}</span>
            </h2>
            {methods.length === 0 ? (
              <p>
                <strong>Can’t be reached: </strong>no way to reach them is known.
              </p>
            ) : (
              <ul className={styles.inner}>
                {methods.map((method) => (
                  <li key={method.id}>
                    <h3>
                      <MethodName method={method} /> {method.to}
                    </h3>
                    <MethodWords method={method} />
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <button type="button" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Show more people
        </button>
      )}
      <Outbox />
    </div>
  );
}
