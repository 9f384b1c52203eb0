import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { handOverDetail } from '#schemas/http/hand-over.ts';
import { Denied, Empty, Failed, Loading } from '../../components/states.tsx';
import { useMay, useServices } from '../../services.tsx';
import { dayAndTime, plural } from '../../words.ts';
import styles from '../calls/calls.module.css';
import { ShiftSections } from './shift-sections.tsx';

/** A signed hand-over with the page as it was then; it never changes. */
export default function SignedPage({ id }: { id: string }) {
  const { http } = useServices();
  const allowed = useMay('call.read');
  const query = useQuery({
    queryKey: ['hand-overs', 'one', id],
    enabled: allowed,
    ...{ staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false },
    queryFn: ({ signal }) => http(`/hand-overs/${encodeURIComponent(id)}`, handOverDetail, { signal }),
  });
  if (!allowed) return <Denied what="Hand-over" />;
  if (query.isError) return <Failed what="This hand-over" error={query.error} retry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading what="the hand-over" lines={8} />;
  const { from, to, note, signedAt, page, taken } = query.data;
  return (
    <article className={styles.page}>
      <header>
        <p className="muted">
          <Link href="/hand-over">Hand-over</Link>
        </p>
        <h1>
          {from.name} to {to.name}
        </h1>
        {signedAt !== null && taken !== null && (
          <p>
            Signed {dayAndTime(Date.parse(signedAt))}: {plural(taken.alerts.length, 'alert')} and{' '}
            {plural(taken.followUps.length, 'follow-up')} changed hands. Below is what was on the page then.
          </p>
        )}
        {note !== null && <p className={styles.note}>“{note}”</p>}
      </header>
      {page === null ? <Empty title="It is not signed" /> : <ShiftSections page={page} />}
    </article>
  );
}
