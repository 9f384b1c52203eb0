import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { followUpCount } from '#schemas/http/calls.ts';
import { useMay, useServices } from '../services.tsx';
import { plural } from '../words.ts';
import styles from './technical-strip.module.css';

const everyMs = 60_000;

/** On every page: your own follow-ups whose time is over. Counts only, so that it may be asked often. */
export function FollowUpStrip() {
  const { http, session } = useServices();
  const allowed = useMay('call.write');
  const query = useQuery({
    queryKey: ['calls', 'follow-ups'],
    enabled: allowed,
    refetchInterval: everyMs,
    queryFn: ({ signal }) => http('/calls/follow-ups', followUpCount, { signal }),
  });
  const overdue = query.data?.mine.overdue ?? 0;
  if (!allowed || overdue === 0) return null;
  return (
    <section className={styles.strip} aria-label="Your follow-ups">
      <Link href={`/calls?followUp=overdue&owner=${session.user.id}`} className={styles.line}>
        <strong>{plural(overdue, 'follow-up')} of yours overdue</strong>
      </Link>
    </section>
  );
}
