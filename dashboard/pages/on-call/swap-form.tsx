import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import * as z from 'zod';
import { type Schedule, type Shift, shifts } from '#schemas/http/on-call.ts';
import { Buttons, Choice, Field, Form, Refusal, useSending } from '../../components/form.tsx';
import { useServices } from '../../services.tsx';
import { dayAndTime } from '../../words.ts';
import styles from './on-call-page.module.css';
import { midnight } from './week.ts';

type Given = {
  schedules: readonly Schedule[];
  /** Exchanges at once, and those of others; else one's own is offered. */
  mayEdit: boolean;
  onClose: () => void;
  onDone: () => Promise<void>;
};
const aheadDays = 28;

/** Two shifts of the coming four weeks change hands: who has the one takes the other. */
export function SwapForm({ schedules, mayEdit, onClose, onDone }: Given) {
  const { http, session } = useServices();
  const [schedule, setSchedule] = useState(schedules[0]?.id ?? '');
  const [today] = useState(() => Date.now());
  const { busy, away, error, send } = useSending();
  // Pressed again after a lost answer, an exchange would be exchanged back.
  const [key] = useState(() => crypto.randomUUID());
  const ahead = useQuery({
    queryKey: ['on-call', 'shifts', schedule, 'ahead'],
    enabled: schedule !== '',
    queryFn: ({ signal }) => {
      const span = `from=${new Date(today).toISOString()}&until=${new Date(midnight(today, aheadDays)).toISOString()}`;
      return http(`/on-call/schedules/${schedule}/shifts?${span}`, shifts, { signal });
    },
  });
  const options = (ahead.data?.items ?? []).filter(({ user }) => user !== null);
  const named = options.map((shift, i) => [String(i), shiftWords(shift)] as const);
  const isMine = (_: unknown, i: number) => options[i]?.user?.id === session.user.id;
  const begun = (i: number) => Date.parse(options[i]?.from ?? '') <= today;
  const mine = named.filter((one, i) => isMine(one, i) && !begun(i));
  const theirs = named.filter((one, i) => !isMine(one, i) && !begun(i));
  const spanOf = (index: string | null) => {
    const shift = options[Number(index)];
    return shift && { from: shift.from, until: shift.until };
  };
  return (
    <>
      <label className={styles.pick}>
        Schedule
        <select value={schedule} onChange={(event) => setSchedule(event.target.value)}>
          {schedules.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {(mayEdit ? named.length < 2 : mine.length === 0 || theirs.length === 0) ? (
        <p className="muted">
          {mayEdit
            ? 'There are no two shifts in the coming four weeks that could be swapped.'
            : 'In the coming four weeks there is no shift of yours to come and one of somebody else’s.'}
        </p>
      ) : (
        <Form
          submit={(fields) =>
            void send(() =>
              http('/on-call/swaps', z.unknown(), {
                method: 'POST',
                headers: { 'idempotency-key': key },
                body: {
                  schedule,
                  one: spanOf(fields.text('one')),
                  other: spanOf(fields.text('other')),
                  reason: fields.text('reason') ?? '',
                },
              }),
            ).then(async (went) => {
              if (!went) return;
              onClose();
              await onDone();
            })
          }
        >
          {mayEdit ? (
            <>
              <Choice label="One shift" name="one" options={named} />
              <Choice label="The other" name="other" options={named} value="1" />
            </>
          ) : (
            <>
              <Choice label="Your shift" name="one" options={mine} />
              <Choice label="For the shift of" name="other" options={theirs} />
            </>
          )}
          <Field label="Why (may be empty)" name="reason" wide />
          <Buttons>
            <button type="submit" data-kind="main" aria-disabled={away} disabled={busy}>
              {mayEdit ? 'They change hands' : 'Offer it'}
            </button>
          </Buttons>
        </Form>
      )}
      <Refusal error={error} what="Nothing was swapped." />
      <p>
        <button type="button" onClick={onClose}>
          Cancel
        </button>
      </p>
    </>
  );
}

const shiftWords = ({ user, from, until }: Shift): string =>
  `${user?.name ?? 'nobody'}: ${dayAndTime(Date.parse(from))} – ${dayAndTime(Date.parse(until))}`;
