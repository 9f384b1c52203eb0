import { type ReactNode, useEffect, useState } from 'react';
import { RequestError } from '../http.ts';
import { timeWithSeconds } from '../words.ts';
import styles from './states.module.css';

/** Grey shapes where content will stand; drawn after 150 ms, so that a fast answer never flickers. */
export function Loading({ what, lines = 4 }: { what: string; lines?: number }) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 150);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" className={styles.loading}>
      <span className="visually-hidden">Loading {what}</span>
      {shown && Array.from({ length: lines }, (_, line) => `line ${line}`).map((line) => <i key={line} />)}
    </div>
  );
}

/** Nothing there, and what that means. `whole`: it is the whole page. */
export function Empty({ title, whole = false, children }: { title: string; whole?: boolean; children?: ReactNode }) {
  return (
    <div className={styles.state}>
      {whole ? <h1>{title}</h1> : <h2>{title}</h2>}
      {children}
    </div>
  );
}

/** What went wrong, since when, and what to do. */
export function Failed({ what, error, retry }: { what: string; error: unknown; retry?: () => void }) {
  const [since] = useState(() => Date.now());
  if (error instanceof RequestError && error.status === 403) return <Denied what={what} />;
  const reason = error instanceof Error ? error.message : 'Something unexpected happened.';
  return (
    <div className={styles.state} role="alert">
      <h2>{what} can’t be shown</h2>
      <p>{reason}</p>
      <p className="muted">
        Since {timeWithSeconds(since)} on this device. Pumps keep every record until it is stored.
      </p>
      {retry && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

/** A role that may not. */
export function Denied({ what }: { what: string }) {
  return (
    <div className={styles.state}>
      <h2>{what}: not for your role</h2>
      <p className="muted">Ask an administrator if you need it for your work.</p>
    </div>
  );
}
