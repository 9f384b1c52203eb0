import { Link } from 'wouter';
import { useAloneInPage, useBoard } from '../services.tsx';
import { needsSomebody } from '../sound/signal.ts';
import type { BoardAlert } from '../store.ts';
import { plural } from '../words.ts';
import { Age } from './age.tsx';
import styles from './high-strip.module.css';
import { PriorityMark } from './priority-mark.tsx';

/** On every other page: the high alerts that nobody has. */
export function HighStrip() {
  const high = useBoard()
    .filter((alert) => alert.priority === 'high' && needsSomebody(alert))
    .sort((a, b) => Date.parse(a.raisedAt) - Date.parse(b.raisedAt));
  const shown = high.slice(0, 2);
  if (high.length === 0) return null;
  return (
    <section className={styles.strip} aria-label="High alerts that nobody has">
      {shown.map((alert) => (
        <Line key={alert.id} alert={alert} />
      ))}
      {high.length > shown.length && <Link href="/">and {plural(high.length - shown.length, 'more high alert')}</Link>}
    </section>
  );
}

function Line({ alert }: { alert: BoardAlert }) {
  useAloneInPage(alert);
  return (
    <Link href={`/?alert=${encodeURIComponent(alert.id)}`} className={styles.line}>
      <PriorityMark priority="high" />
      <strong>{alert.message}</strong>
      <span>
        {alert.drug ?? ''} {alert.pump ?? ''}
      </span>
      <Age at={alert.raisedAt} prefix="for " />
    </Link>
  );
}
