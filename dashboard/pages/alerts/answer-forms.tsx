import type { FormEvent } from 'react';
import { useOnCall } from '../../on-call.ts';
import { useServices } from '../../services.tsx';
import styles from './alert-card.module.css';
import type { Answering } from './answer.ts';

export type Writing = 'note' | 'pass-on' | 'extend' | 'done';
type Form = { writing: Writing; mine: boolean; answering: Answering; onClose: () => void };

/** What has to be said with an answer; each opens below its button. */
export function AnswerForm(form: Form) {
  switch (form.writing) {
    case 'note':
      return <NoteForm {...form} />;
    case 'pass-on':
      return <PassOnForm {...form} />;
    case 'extend':
      return <ExtendForm {...form} />;
    case 'done':
      return <DoneForm {...form} />;
  }
}

function NoteForm({ answering: { busy, away, answer }, onClose }: Form) {
  return (
    <Sent
      onClose={onClose}
      busy={busy !== null}
      away={away}
      submit="Save note"
      send={(fields) => answer('note', { text: fields.get('text') })}
    >
      <label>
        Note for everybody
        {/* biome-ignore lint/a11y/noAutofocus: opened by the person's own press, on this very field */}
        <input name="text" maxLength={2000} required autoFocus />
      </label>
    </Sent>
  );
}

function PassOnForm({ mine, answering: { busy, away, answer }, onClose }: Form) {
  const { session } = useServices();
  const others = (useOnCall()?.people ?? []).filter(({ id }) => id !== session.user.id);
  return (
    <Sent
      onClose={onClose}
      busy={busy !== null}
      away={away}
      submit="Pass on: they are asked at once"
      send={(fields) => {
        const to = String(fields.get('to') ?? '');
        if (to === '') return answer(mine ? 'hand-over' : 'decline', reasonOf(fields));
        return answer('hand-over', { ...reasonOf(fields), to });
      }}
    >
      {mine && (
        <label>
          To whom; it stays yours to answer for until they accept
          <select name="to" defaultValue="">
            <option value="">whoever is next by the policy</option>
            {others.map(({ id, name, reachable }) => (
              <option key={id} value={id}>
                {name}
                {reachable ? '' : ' (not reachable by what is known)'}
              </option>
            ))}
          </select>
        </label>
      )}
      <label>
        Why you pass it on (may be empty)
        {/* biome-ignore lint/a11y/noAutofocus: opened by the person's own press, on this very field */}
        <input name="reason" maxLength={500} autoFocus />
      </label>
    </Sent>
  );
}

function ExtendForm({ answering: { busy, away, answer }, onClose }: Form) {
  return (
    <Sent
      onClose={onClose}
      busy={busy !== null}
      away={away}
      submit="Keep it longer"
      send={(fields) => answer('extend', { reason: fields.get('reason') })}
    >
      <label>
        Why it takes longer
        {/* biome-ignore lint/a11y/noAutofocus: opened by the person's own press, on this very field */}
        <input name="reason" maxLength={500} required autoFocus />
      </label>
    </Sent>
  );
}

function DoneForm({ answering: { busy, away, answer }, onClose }: Form) {
  return (
    <Sent
      onClose={onClose}
      busy={busy !== null}
      away={away}
      submit="Done"
      send={(fields) => answer('close', { needed: fields.get('needed') === 'yes', outcome: fields.get('outcome') })}
    >
      <label>
        What came of it
        {/* biome-ignore lint/a11y/noAutofocus: opened by the person's own press, on this very field */}
        <input name="outcome" maxLength={500} required autoFocus />
      </label>
      <fieldset className={styles.needed}>
        <legend>Did this need somebody?</legend>
        {(['yes', 'no'] as const).map((value) => (
          <label key={value}>
            <input type="radio" name="needed" value={value} required /> {value}
          </label>
        ))}
      </fieldset>
    </Sent>
  );
}

function reasonOf(fields: FormData): object {
  const reason = String(fields.get('reason') ?? '').trim();
  return reason === '' ? {} : { reason };
}

type SentProps = {
  children: React.ReactNode;
  submit: string;
  busy: boolean;
  away: boolean;
  send: (fields: FormData) => Promise<boolean>;
  onClose: () => void;
};

function Sent({ children, submit, busy, away, send, onClose }: SentProps) {
  async function submitted(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    if (await send(new FormData(event.currentTarget))) onClose();
  }
  return (
    <form onSubmit={(event) => void submitted(event)} className={styles.write}>
      {children}
      <span className={styles.writeButtons}>
        <button type="submit" data-kind="main" aria-disabled={away} disabled={busy}>
          {submit}
        </button>
        <button type="button" onClick={onClose}>
          Cancel
        </button>
      </span>
    </form>
  );
}
