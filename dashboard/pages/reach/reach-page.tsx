import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from 'wouter';
import { contactMethodPage, pushKey } from '#schemas/http/contact-methods.ts';
import { Denied, Empty, Failed, Loading } from '../../components/states.tsx';
import { useMay, useNow, useServices } from '../../services.tsx';
import { AddAddress } from './add-address.tsx';
import { MethodCard } from './method-card.tsx';
import styles from './reach.module.css';
import { reaches } from './reach-words.ts';
import { ThisDevice } from './this-device.tsx';

/** "Am I sure that an alert reaches me?" */
export default function ReachPage() {
  if (!useMay('reach.own')) return <Denied what="How you are reached" />;
  return <Reach />;
}

function Reach() {
  const { http } = useServices();
  const client = useQueryClient();
  const now = useNow();
  const mayAll = useMay('reach.read');
  const methods = useQuery({
    queryKey: ['reach', 'methods'],
    queryFn: ({ signal }) => http('/contact-methods?limit=200', contactMethodPage, { signal }),
    // An answer given on another device shows here at once.
    refetchInterval: ({ state }) => (state.data?.items.some(({ testSentAt }) => testSentAt !== null) ? 2_000 : 20_000),
  });
  const server = useQuery({
    queryKey: ['reach', 'server'],
    staleTime: 300_000,
    queryFn: ({ signal }) => http('/push/key', pushKey, { signal }),
  });
  const changed = () => void client.invalidateQueries({ queryKey: ['reach', 'methods'] });
  if (methods.isError) {
    return <Failed what="How you are reached" error={methods.error} retry={() => void methods.refetch()} />;
  }
  if (methods.data === undefined) return <Loading what="how you are reached" />;
  const { items } = methods.data;
  const good = now === null ? [] : items.filter((method) => reaches(method, now));
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <h1>How I am reached</h1>
        {mayAll && <Link href="/reach/everybody">Who can be reached</Link>}
      </header>
      {now !== null && <Verdict good={good.map(({ label }) => label)} any={items.length > 0} />}
      {items.length === 0 ? (
        <Empty title="No way to reach you yet">
          <p>Alerts for you show on this screen only. Add this device or a telephone below.</p>
        </Empty>
      ) : (
        <ul className={styles.methods}>
          {items.map((method) => (
            <MethodCard key={method.id} method={method} changed={changed} />
          ))}
        </ul>
      )}
      <ThisDevice
        services={items.filter(({ channel, dead }) => channel === 'web-push' && !dead).map(({ to }) => to)}
        changed={changed}
      />
      {server.isError && <Failed what="What can be added" error={server.error} retry={() => void server.refetch()} />}
      {server.data && <AddAddress available={server.data.channels} changed={changed} />}
      <p className="muted small">
        A call is what wakes people: notifications, mails and text messages can be late or silent. No message holds
        patient data. Pressing 1 in a call says that you heard it; you take an alert only here.
      </p>
    </div>
  );
}

function Verdict({ good, any }: { good: readonly string[]; any: boolean }) {
  if (good.length > 0) {
    return (
      <p className={styles.verdict}>
        <strong>You can be reached</strong> by {good.join(', ')}.
      </p>
    );
  }
  if (!any) return null;
  return (
    <p className={styles.verdict} data-warn>
      <strong>Nothing shows that you can be reached.</strong> Test one of these and answer it.
    </p>
  );
}
