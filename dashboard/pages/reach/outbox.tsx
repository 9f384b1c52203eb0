import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from 'wouter';
import { pushKey, queued } from '#schemas/http/contact-methods.ts';
import { type Notification, notification, notificationPage } from '#schemas/http/notification.ts';
import { Panel } from '../../components/facts.tsx';
import { Refusal, useSending } from '../../components/form.tsx';
import { Failed, Loading } from '../../components/states.tsx';
import { useMay, useServices } from '../../services.tsx';
import { dayAndTime, plain } from '../../words.ts';
import styles from './reach.module.css';
import { channelWords } from './reach-words.ts';

const channelNames = { ...channelWords, webhook: 'Webhook' };

/** What was not delivered, and the webhook. */
export function Outbox() {
  const { http } = useServices();
  const client = useQueryClient();
  const mayAct = useMay('reach.write');
  const failed = useQuery({
    queryKey: ['reach', 'failed'],
    refetchInterval: 20_000,
    queryFn: ({ signal }) => http('/notifications?state=failed&limit=50', notificationPage, { signal }),
  });
  if (failed.isError) return <Failed what="What failed" error={failed.error} retry={() => void failed.refetch()} />;
  if (failed.data === undefined) return <Loading what="what failed" lines={2} />;
  const changed = () => void client.invalidateQueries({ queryKey: ['reach', 'failed'] });
  const { items, next } = failed.data;
  return (
    <>
      <Panel title={`Not delivered (${items.length}${next === null ? '' : ' and more'})`}>
        {items.length === 0 ? (
          <p className="muted">Everything that was sent was taken.</p>
        ) : (
          <ul className={styles.inner}>
            {items.map((letter) => (
              <DeadLetter key={letter.id} letter={letter} mayAct={mayAct} changed={changed} />
            ))}
          </ul>
        )}
      </Panel>
      {mayAct && <WebhookTest />}
    </>
  );
}

function DeadLetter({ letter, mayAct, changed }: { letter: Notification; mayAct: boolean; changed: () => void }) {
  const { http } = useServices();
  const again = useSending();
  const retry = () =>
    again.send(async () => {
      await http(`/notifications/${letter.id}/retry`, notification, { method: 'POST' });
      changed();
    });
  return (
    <li>
      <p>
        <strong>
          {channelNames[letter.channel]}
          {letter.to !== null && ` to ${letter.to}`}
        </strong>{' '}
        <span className="muted">
          {dayAndTime(Date.parse(letter.at))} · {plain(letter.purpose)}
        </span>
        {letter.alert !== null && (
          <>
            {' '}
            <Link href={`/?alert=${letter.alert}`}>open the alert</Link>
          </>
        )}
      </p>
      <p className={styles.broken}>{letter.error ?? 'no reason was given'}</p>
      {mayAct && (
        <button type="button" aria-disabled={again.away} disabled={again.busy} onClick={() => void retry()}>
          Send it again
        </button>
      )}
      <Refusal error={again.error} what="It was not sent again." />
    </li>
  );
}

function WebhookTest() {
  const { http } = useServices();
  const testing = useSending();
  const server = useQuery({
    queryKey: ['reach', 'server'],
    staleTime: 300_000,
    queryFn: ({ signal }) => http('/push/key', pushKey, { signal }),
  });
  const sent = useQuery({
    queryKey: ['reach', 'webhook-tests'],
    refetchInterval: 3_000,
    enabled: server.data?.channels.includes('webhook') === true,
    queryFn: ({ signal }) => http('/notifications?channel=webhook&purpose=test&limit=1', notificationPage, { signal }),
  });
  if (server.data && !server.data.channels.includes('webhook')) {
    return <p className="muted small">No webhook is set up on this server (WEBHOOK_URL).</p>;
  }
  const last = sent.data?.items[0];
  return (
    <Panel title="Webhook">
      {last && (
        <p role="status">
          Last test {dayAndTime(Date.parse(last.at))}: <strong>{plain(last.state)}</strong>
          {last.error !== null && <>, {last.error}</>}
        </p>
      )}
      <button
        type="button"
        aria-disabled={testing.away}
        disabled={testing.busy}
        onClick={() => void testing.send(() => http('/notifications/webhook-test', queued, { method: 'POST' }))}
      >
        Send a test to the webhook
      </button>
      <Refusal error={testing.error} what="No test was sent." />
    </Panel>
  );
}
