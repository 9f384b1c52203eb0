import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { answered } from '#schemas/http/contact-methods.ts';
import { Failed, Loading } from '../../components/states.tsx';
import { useServices } from '../../services.tsx';
import styles from './reach.module.css';

/** Opened by the tap on a test: that tap is the answer. */
export default function AnswerPage({ delivery }: { delivery: string }) {
  const { http } = useServices();
  const query = useQuery({
    queryKey: ['reach', 'answer', delivery],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => http('/contact-methods/answers', answered, { method: 'POST', body: { delivery } }),
  });
  if (query.isError) return <Failed what="Your answer" error={query.error} retry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading what="your answer" lines={2} />;
  return (
    <div className={styles.page}>
      <h1>Answered: this reaches you</h1>
      <p className={styles.verdict}>
        <strong>{query.data.label ?? 'This way'}</strong> works. There is nothing more to do.
      </p>
      <p>
        <Link href="/">Alerts</Link> · <Link href="/reach">How I am reached</Link>
      </p>
    </div>
  );
}
