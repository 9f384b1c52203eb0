import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { alertDetail } from '#schemas/http/alert.ts';
import { PriorityMark } from '../../components/priority-mark.tsx';
import { useServices } from '../../services.tsx';
import { dayAndTime } from '../../words.ts';
import { AlertRecord } from './alert-record.tsx';
import styles from './alerts-page.module.css';

/** A link or a push asked for an alert that is no longer on the board: what became of it. */
export function LinkedAlert({ id, onClose }: { id: string; onClose: () => void }) {
  const { http } = useServices();
  const query = useQuery({
    queryKey: ['alert', id, 'linked'],
    // Asked anew each time: it may have been asked for just before the board knew of it, while it was still active.
    staleTime: 0,
    queryFn: ({ signal }) => http(`/alerts/${encodeURIComponent(id)}`, alertDetail, { signal }),
  });
  if (query.isPending) return null;
  const close = (
    <button type="button" onClick={onClose}>
      Close
    </button>
  );
  if (query.isError) {
    return (
      <section className={styles.linked} aria-label="The alert that was asked for">
        <p>The alert that this link names can’t be shown: {query.error.message}</p>
        {close}
      </section>
    );
  }
  const alert = query.data;
  const { message, pump, owner, endedAt, endReason, priority } = alert;
  return (
    <section className={styles.linked} aria-label="The alert that was asked for">
      <h2>
        <PriorityMark priority={priority} ended /> {message}
      </h2>
      <p>
        {pump !== null && <Link href={`/pumps/${encodeURIComponent(pump)}`}>{pump}</Link>}{' '}
        {endedAt === null ? 'It is not on the alert board.' : `It ended ${dayAndTime(Date.parse(endedAt))}`}
        {endReason !== null && `: ${endReason}`}. {owner === null ? 'Nobody had it.' : `${owner.name} had it.`}
      </p>
      <AlertRecord alert={alert} detail={alert} />
      {close}
    </section>
  );
}
