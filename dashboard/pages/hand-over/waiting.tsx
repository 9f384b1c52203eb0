import { useQueryClient } from '@tanstack/react-query';
import { type HandOver, type HandOverPage, handOverDetail } from '#schemas/http/hand-over.ts';
import { Buttons, Refusal, useSending } from '../../components/form.tsx';
import { useServices } from '../../services.tsx';
import { dayAndTime, plural } from '../../words.ts';
import styles from '../calls/calls.module.css';
import { takenFrom } from './taken.ts';

/** A hand-over that waits: the incoming person signs, the outgoing one may take it back. */
export function Waiting({ handOver, page }: { handOver: HandOver; page: HandOverPage }) {
  const { http, session } = useServices();
  const client = useQueryClient();
  const { busy, away, error, send } = useSending();
  const { id, from, to, note, shiftTo } = handOver;
  const taken = takenFrom(page, from.id);
  const incoming = to.id === session.user.id;

  async function take(step: 'sign' | 'withdraw'): Promise<void> {
    const body = step === 'sign' ? taken : {};
    await send(() => http(`/hand-overs/${id}/${step}`, handOverDetail, { method: 'POST', body }));
    await Promise.all([
      client.invalidateQueries({ queryKey: ['hand-overs'] }),
      client.invalidateQueries({ queryKey: ['calls'] }),
    ]);
  }

  return (
    <section className={styles.waiting} aria-labelledby="waiting">
      <h2 id="waiting">{incoming ? `${from.name} hands over to you` : `Waits for ${to.name} to sign`}</h2>
      <p>
        Until {dayAndTime(Date.parse(shiftTo))}: {plural(taken.alerts.length, 'accepted alert')} and{' '}
        {plural(taken.followUps.length, 'follow-up')} of {incoming ? from.name : 'yours'}. Until it is signed,{' '}
        {incoming ? `${from.name} has` : 'you have'} them.
      </p>
      {note !== null && <p className={styles.note}>“{note}”</p>}
      <Refusal error={error} what={incoming ? 'Not signed.' : 'Not withdrawn.'} />
      <Buttons>
        {incoming ? (
          <button
            type="button"
            data-kind="main"
            className={styles.sign}
            aria-disabled={away}
            disabled={busy}
            onClick={() => void take('sign')}
          >
            {busy ? 'Signing…' : 'I have read it and take over'}
          </button>
        ) : (
          <button type="button" aria-disabled={away} disabled={busy} onClick={() => void take('withdraw')}>
            Withdraw it
          </button>
        )}
      </Buttons>
    </section>
  );
}
