import { useState } from 'react';
import * as z from 'zod';
import { type ContactMethod, queued } from '#schemas/http/contact-methods.ts';
import { Refusal, useSending } from '../../components/form.tsx';
import { useNow, useServices } from '../../services.tsx';
import { dayAndTime, duration } from '../../words.ts';
import styles from './reach.module.css';
import { channelWords, howToAnswer, stateOf } from './reach-words.ts';

/** One method: what it is, whether it reaches, and what its owner can do. */
export function MethodCard({ method, changed }: { method: ContactMethod; changed: () => void }) {
  const { http } = useServices();
  const testing = useSending();
  const removing = useSending();
  const [sure, setSure] = useState(false);
  const name = `${channelWords[method.channel]}, ${method.label}`;
  const test = () =>
    testing.send(async () => {
      await http(`/contact-methods/${method.id}/test`, queued, { method: 'POST' });
      changed();
    });
  const remove = () =>
    removing.send(async () => {
      await http(`/contact-methods/${method.id}`, z.unknown(), { method: 'DELETE' });
      changed();
    });
  return (
    <li className={styles.method} data-broken={method.dead || method.failingSince !== null}>
      <h2>
        <MethodName method={method} />
      </h2>
      {method.to !== '' && <p className={styles.to}>{method.to}</p>}
      <MethodWords method={method} own />
      <div className={styles.buttons}>
        {!method.dead && (
          <button type="button" aria-disabled={testing.away} disabled={testing.busy} onClick={() => void test()}>
            Test<span className="visually-hidden"> {name}</span>
          </button>
        )}
        {sure ? (
          <>
            <button type="button" aria-disabled={removing.away} disabled={removing.busy} onClick={() => void remove()}>
              Yes, remove it<span className="visually-hidden">: {name}</span>
            </button>
            <button type="button" onClick={() => setSure(false)}>
              Keep it
            </button>
          </>
        ) : (
          <button type="button" onClick={() => setSure(true)}>
            Remove<span className="visually-hidden"> {name}</span>
          </button>
        )}
      </div>
      <Refusal error={testing.error} what="No test was sent." />
      <Refusal error={removing.error} what="It was not removed." />
    </li>
  );
}

/** What its owner calls it, and what it is where that does not say so. */
export function MethodName({ method: { label, channel } }: { method: ContactMethod }) {
  if (label === channelWords[channel]) return label;
  return (
    <>
      {label} <span className={styles.kind}>{channelWords[channel]}</span>
    </>
  );
}

/** The one line that says whether a method reaches its person. `own`: read by that person. */
export function MethodWords({ method, own = false }: { method: ContactMethod; own?: boolean }) {
  const now = useNow();
  if (now === null) return null;
  const ago = (at: string) => `${duration(now - Date.parse(at))} ago`;
  switch (stateOf(method, now)) {
    case 'dead':
      return (
        <p className={styles.broken}>
          <strong>Dead: </strong>
          {method.failure}. Nothing is sent to it any more.
        </p>
      );
    case 'failing':
      return (
        <p className={styles.broken}>
          <strong>Does not work </strong>
          since {dayAndTime(Date.parse(method.failingSince ?? ''))}: {method.failure}.
        </p>
      );
    case 'waits':
      return (
        <p role="status">
          <strong>Test sent {ago(method.testSentAt ?? '')}. </strong>
          {own && howToAnswer[method.channel]}
        </p>
      );
    case 'answered':
      return (
        <p>
          <strong>{own ? 'Reaches you' : 'Reached'}: </strong>answered {ago(method.lastAnsweredAt ?? '')}
        </p>
      );
    case 'old':
      return (
        <p className="muted">
          Last answered {ago(method.lastAnsweredAt ?? '')}.{own && ' Test it before your shift.'}
        </p>
      );
    case 'never':
      return <p className="muted">Never answered: nobody knows whether it reaches {own ? 'you' : 'them'}.</p>;
  }
}
