import { useQueryClient } from '@tanstack/react-query';
import * as z from 'zod';
import type { Swap } from '#schemas/http/on-call.ts';
import { Refusal, useSending } from '../../components/form.tsx';
import { useServices } from '../../services.tsx';
import { dayAndTime } from '../../words.ts';
import styles from './on-call-page.module.css';
import type { Names } from './policy-words.ts';

/** Exchanges that somebody offered: only who was asked says yes or no, only who asked takes it back. */
export function SwapsWaiting({ swaps, names }: { swaps: readonly Swap[]; names: Names }) {
  const { http, session } = useServices();
  const client = useQueryClient();
  const { busy, away, error, send } = useSending();
  if (swaps.length === 0 && error === null) return null;
  const answer = (id: string, step: 'accept' | 'decline' | 'withdraw') =>
    void send(() => http(`/on-call/swaps/${id}/${step}`, z.unknown(), { method: 'POST' })).then(() =>
      // Refused too: it may be another one now.
      client.invalidateQueries({ queryKey: ['on-call'] }),
    );
  return (
    <section aria-label="Offered, not yet answered">
      <h3>Offered, not yet answered</h3>
      <ul className={styles.overrides}>
        {swaps.map((swap) => (
          <li key={swap.id}>
            <span>
              <strong>{swap.from.name}</strong> gives {names.schedule(swap.schedule)} {spanWords(swap.one)} to{' '}
              <strong>{swap.to.name}</strong> for {spanWords(swap.other)}
              {swap.reason !== '' && `: ${swap.reason}`}
              <span className="muted"> · {swap.to.name} has not answered; until then nothing changes</span>
            </span>
            {swap.to.id === session.user.id && (
              <span className={styles.weekHead}>
                <button
                  type="button"
                  data-kind="main"
                  aria-disabled={away}
                  disabled={busy}
                  onClick={() => answer(swap.id, 'accept')}
                >
                  Yes, I take it
                </button>
                <button type="button" aria-disabled={away} disabled={busy} onClick={() => answer(swap.id, 'decline')}>
                  No
                </button>
              </span>
            )}
            {swap.from.id === session.user.id && (
              <button type="button" aria-disabled={away} disabled={busy} onClick={() => answer(swap.id, 'withdraw')}>
                Take it back
              </button>
            )}
          </li>
        ))}
      </ul>
      <Refusal error={error} what="Nothing changed hands." />
    </section>
  );
}

const spanWords = ({ from, until }: Swap['one']): string =>
  `${dayAndTime(Date.parse(from))} – ${dayAndTime(Date.parse(until))}`;
