import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import * as z from 'zod';
import type { OnCallNow, Override, Schedule, Swap } from '#schemas/http/on-call.ts';
import { Panel } from '../../components/facts.tsx';
import { Buttons, Choice, Field, Form, Refusal, useSending } from '../../components/form.tsx';
import { Unfolded, useFocusBack } from '../../components/unfolded.tsx';
import { useServices } from '../../services.tsx';
import { dayAndTime } from '../../words.ts';
import styles from './on-call-page.module.css';
import type { Names } from './policy-words.ts';
import { SwapForm } from './swap-form.tsx';
import { SwapsWaiting } from './swaps-waiting.tsx';

type Given = {
  overrides: readonly Override[];
  swaps: readonly Swap[];
  schedules: readonly Schedule[];
  people: OnCallNow['people'];
  names: Names;
  mayEdit: boolean;
  /** Has shifts of their own to offer. */
  mayOffer: boolean;
};

/** Who stands in for whom: said in plain words, made and removed by those who may; anybody offers their own shift. */
export function Overrides({ overrides, swaps, schedules, people, names, mayEdit, mayOffer }: Given) {
  const { http } = useServices();
  const client = useQueryClient();
  const [form, setForm] = useState<'override' | 'swap' | null>(null);
  const opener = useFocusBack(form);
  const { busy, away, error, send } = useSending();
  const changed = () => client.invalidateQueries({ queryKey: ['on-call'] });
  const kept = overrides.filter(({ removedAt }) => removedAt === null);
  return (
    <Panel title="Overrides and swaps">
      {kept.length === 0 && <p className="muted">None ahead: everybody has their own shifts.</p>}
      <ul className={styles.overrides}>
        {kept.map((override) => (
          <li key={override.id}>
            <span>
              <strong>{override.user.name}</strong> has {names.schedule(override.schedule)} from{' '}
              {dayAndTime(Date.parse(override.from))} until {dayAndTime(Date.parse(override.until))}
              {override.swap !== null && ' (one half of a swap)'}
              {override.reason !== '' && `: ${override.reason}`}
              {override.madeBy !== null && <span className="muted"> · made by {override.madeBy.name}</span>}
            </span>
            {mayEdit && (
              <button
                type="button"
                aria-disabled={away}
                disabled={busy}
                aria-label={`Remove the override of ${override.user.name} from ${dayAndTime(Date.parse(override.from))}`}
                onClick={() =>
                  void send(() => http(`/on-call/overrides/${override.id}`, z.unknown(), { method: 'DELETE' })).then(
                    changed,
                  )
                }
              >
                Remove
              </button>
            )}
          </li>
        ))}
      </ul>
      <Refusal error={error} what="This was not changed." />
      <SwapsWaiting swaps={swaps} names={names} />
      {(mayEdit || mayOffer) && form === null && (
        <p className={styles.weekHead}>
          {mayEdit && (
            <button type="button" ref={opener('override')} onClick={() => setForm('override')}>
              Somebody stands in
            </button>
          )}
          <button type="button" ref={opener('swap')} onClick={() => setForm('swap')}>
            {mayEdit ? 'Two shifts change hands' : 'Offer a shift of mine'}
          </button>
        </p>
      )}
      {form === 'override' && (
        <Unfolded>
          <Form
            submit={(fields) =>
              void send(() =>
                // The id is made here, so that what is sent twice is made once.
                http(`/on-call/overrides/${crypto.randomUUID()}`, z.unknown(), {
                  method: 'PUT',
                  body: {
                    schedule: fields.text('schedule'),
                    user: fields.text('user'),
                    from: momentOf(fields.text('from')),
                    until: momentOf(fields.text('until')),
                    reason: fields.text('reason') ?? '',
                  },
                }),
              ).then(async (went) => {
                if (!went) return;
                setForm(null);
                await changed();
              })
            }
          >
            <Choice label="Schedule" name="schedule" options={schedules.map(({ id, name }) => [id, name] as const)} />
            <Choice label="Who" name="user" options={people.map(({ id, name }) => [id, name] as const)} />
            <Field label="From (your time)" name="from" type="datetime-local" required />
            <Field label="Until (your time)" name="until" type="datetime-local" required />
            <Field label="Why (may be empty)" name="reason" wide />
            <Buttons>
              <button type="submit" data-kind="main" aria-disabled={away} disabled={busy}>
                They stand in
              </button>
              <button type="button" onClick={() => setForm(null)}>
                Cancel
              </button>
            </Buttons>
          </Form>
        </Unfolded>
      )}
      {form === 'swap' && (
        <Unfolded>
          <SwapForm schedules={schedules} mayEdit={mayEdit} onClose={() => setForm(null)} onDone={changed} />
        </Unfolded>
      )}
    </Panel>
  );
}

/** What stands in a field of local time, as a moment. */
function momentOf(text: string | null): string | null {
  const at = text === null ? Number.NaN : new Date(text).getTime();
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}
