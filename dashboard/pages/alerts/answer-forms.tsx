import type { FormEvent } from 'react';
import styles from './alert-card.module.css';
import type { Answering } from './answer.ts';

export type Writing = 'note' | 'pass-on' | 'done';
type Form = { writing: Writing; mine: boolean; answering: Answering; onClose: () => void };

/** What has to be said with an answer; each opens below its button. */
export function AnswerForm(form: Form) {
  switch (form.writing) {
    case 'note':
      return <NoteForm {...form} />;
    case 'pass-on':
      return <PassOnForm {...form} />;
    case 'done':
      return <DoneForm {...form} />;
  }
}

function NoteForm({ answering: { busy, answer }, onClose }: Form) {
  return (
    <Sent
      onClose={onClose}
      busy={busy !== null}
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

function PassOnForm({ mine, answering: { busy, answer }, onClose }: Form) {
  return (
    <Sent
      onClose={onClose}
      busy={busy !== null}
      submit="Pass on: the next person is asked at once"
      send={(fields) => answer(mine ? 'hand-over' : 'decline', reasonOf(fields))}
    >
      <label>
        Why you pass it on (may be empty)
        {/* biome-ignore lint/a11y/noAutofocus: opened by the person's own press, on this very field */}
        <input name="reason" maxLength={500} autoFocus />
      </label>
    </Sent>
  );
}

function DoneForm({ answering: { busy, answer }, onClose }: Form) {
  return (
    <Sent
      onClose={onClose}
      busy={busy !== null}
      submit="Done"
      send={(fields) => answer('feedback', { needed: fields.get('needed') === 'yes', outcome: fields.get('outcome') })}
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
  send: (fields: FormData) => Promise<boolean>;
  onClose: () => void;
};

function Sent({ children, submit, busy, send, onClose }: SentProps) {
  async function submitted(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    if (await send(new FormData(event.currentTarget))) onClose();
  }
  return (
    <form onSubmit={(event) => void submitted(event)} className={styles.write}>
      {children}
      <span className={styles.writeButtons}>
        <button type="submit" data-kind="main" disabled={busy}>
          {submit}
        </button>
        <button type="button" onClick={onClose}>
          Cancel
        </button>
      </span>
    </form>
  );
}
