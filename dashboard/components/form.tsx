import { type FormEvent, type HTMLInputTypeAttribute, type ReactNode, useState } from 'react';
import { RequestError } from '../http.ts';
import { useOutage, useRecording } from '../outage.ts';
import styles from './form.module.css';

type Sending = {
  busy: boolean;
  /** Nothing can be recorded: the buttons look it, and a press is answered in words by `error`. */
  away: boolean;
  error: unknown;
  /** Runs it unless something is under way or nothing can be recorded; true where it went well. */
  send: (work: () => Promise<unknown>) => Promise<boolean>;
};

/** One request at a time, and what became of the last. */
export function useSending(): Sending {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const { away, refused, refuse } = useRecording();
  async function send(work: () => Promise<unknown>): Promise<boolean> {
    if (busy || refuse()) return false;
    setBusy(true);
    setError(null);
    try {
      await work();
      return true;
    } catch (failure) {
      setError(failure);
      return false;
    } finally {
      setBusy(false);
    }
  }
  return { busy, away, error: refused ?? error, send };
}

/** Fields on a grid; `submit` is given what stands in them. */
export function Form({ submit, children }: { submit: (fields: Fields) => void; children: ReactNode }) {
  function submitted(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    submit(readFields(new FormData(event.currentTarget)));
  }
  return (
    <form className={styles.form} onSubmit={submitted}>
      {children}
    </form>
  );
}

export type Fields = {
  /** Trimmed; null where nothing stands there. */
  text: (name: string) => string | null;
  /** null where nothing stands there. @throws Error for what is no number: it must never be sent as nothing */
  number: (name: string) => number | null;
};

function readFields(data: FormData): Fields {
  const text = (name: string) => {
    const value = data.get(name);
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
  };
  return {
    text,
    number: (name) => {
      const given = text(name);
      if (given === null) return null;
      if (!numberPattern.test(given)) throw new Error(`“${given}” is not a number such as 28.8`);
      return Number(given);
    },
  };
}

const numberPattern = /^\d+(\.\d+)?$/;

type FieldProps = {
  label: string;
  name: string;
  type?: HTMLInputTypeAttribute;
  required?: boolean;
  wide?: boolean;
  hint?: string;
  value?: string | null;
  list?: string;
};

export function Field({ label, name, type = 'text', required = false, wide = false, hint, value, list }: FieldProps) {
  return (
    <label className={wide ? `${styles.field} ${styles.wide}` : styles.field}>
      {label}
      <input
        name={name}
        type={type}
        required={required}
        placeholder={hint}
        defaultValue={value ?? ''}
        list={list}
        autoComplete="off"
      />
    </label>
  );
}

/** A decimal point, never a comma: 1,2 and 12 are too near. */
export function NumberField({
  label,
  name,
  required = false,
  hint,
  value,
}: Omit<FieldProps, 'type' | 'value'> & { value?: number | null }) {
  return (
    <label className={styles.field}>
      {label}
      <input
        name={name}
        inputMode="decimal"
        pattern={'\\d+(\\.\\d+)?'}
        title="a number such as 28.8"
        required={required}
        placeholder={hint}
        defaultValue={value ?? ''}
        autoComplete="off"
      />
    </label>
  );
}

export function Choice({
  label,
  name,
  options,
  value,
}: {
  label: string;
  name: string;
  options: readonly (readonly [string, string])[];
  value?: string;
}) {
  return (
    <label className={styles.field}>
      {label}
      <select name={name} defaultValue={value}>
        {options.map(([option, words]) => (
          <option key={option} value={option}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

export function LongText({ label, name, value }: { label: string; name: string; value?: string | null }) {
  return (
    <label className={`${styles.field} ${styles.wide}`}>
      {label}
      <textarea name={name} rows={3} defaultValue={value ?? ''} />
    </label>
  );
}

export function Buttons({ children }: { children: ReactNode }) {
  return <div className={styles.buttons}>{children}</div>;
}

/**
 * Why something was not done: each field in words; while nothing can be recorded, that, before anybody has pressed.
 * `names`: what the form calls a field.
 */
export function Refusal({
  error,
  what,
  names = {},
}: {
  error: unknown;
  what: string;
  names?: Readonly<Record<string, string>>;
}) {
  const away = useOutage() !== null;
  if (error === null) {
    return away ? <p className={styles.notNow}>Can’t be recorded until the database is back.</p> : null;
  }
  const problem = error instanceof RequestError ? error.problem : null;
  const fields = problem?.errors ?? [];
  const said = error instanceof Error ? error.message : 'Something unexpected happened.';
  return (
    <div role="alert" className={styles.refusal}>
      <p>
        <strong>{what}</strong> {fields.length === 0 && (problem?.detail ?? said)}
      </p>
      {fields.length > 0 && (
        <ul>
          {fields.map(({ path, message }) => (
            <li key={`${path} ${message}`}>
              {path !== '' && <strong>{names[path] ?? path}: </strong>}
              {message}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
