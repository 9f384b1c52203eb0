import { useState } from 'react';
import { PriorityMark } from '../../components/priority-mark.tsx';
import { useInPage, useMay } from '../../services.tsx';
import type { BoardAlert } from '../../store.ts';
import { plural } from '../../words.ts';
import { AlertButtons } from './alert-buttons.tsx';
import styles from './alert-card.module.css';
import { type AlertGroup, pumpsOf } from './alert-order.ts';
import { Responsibility, Since } from './alert-words.tsx';
import { useAnswerAll } from './answer.ts';

/** So many parts of a flood stand in the card; the rest wait behind a press. */
const shownAtFirst = 5;

/** The other alerts of the same patient: each its own alert, answered one by one or all that stand here at once. */
export function AlertParts({ group, justMoved }: { group: AlertGroup; justMoved: () => boolean }) {
  const { lead, rest } = group;
  const [all, setAll] = useState(false);
  const mayAnswer = useMay('alert.answer');
  const { busy, away, problem, acceptAll } = useAnswerAll();
  const shown = all ? rest : rest.slice(0, shownAtFirst);
  const several = new Set([lead, ...rest].map(({ pump }) => pump)).size > 1;
  // Only what stands here unfolded: nobody takes what they did not see.
  const open = [lead, ...shown].filter(({ responsibility }) => responsibility !== 'accepted');
  return (
    <section className={styles.rest} aria-label={`More alerts of ${pumpsOf(group)}`}>
      <header className={styles.restHead}>
        <h3>
          {plural(rest.length, 'more alert')} of {pumpsOf(group)}
        </h3>
        {mayAnswer && open.length > 1 && (
          <button
            type="button"
            aria-disabled={away}
            disabled={busy}
            onClick={() => !justMoved() && void acceptAll(open.map(({ id }) => id))}
          >
            I have all {open.length} shown
          </button>
        )}
      </header>
      <div role="alert" className={styles.problem}>
        {problem}
      </div>
      <ul>
        {shown.map((alert) => (
          <PartLine key={alert.id} alert={alert} named={several} justMoved={justMoved} />
        ))}
      </ul>
      {rest.length > shownAtFirst && (
        <button type="button" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : `Show all ${rest.length}`}
        </button>
      )}
    </section>
  );
}

type Part = { alert: BoardAlert; named: boolean; justMoved: () => boolean };

function PartLine({ alert, named, justMoved }: Part) {
  useInPage(alert);
  return (
    <li className={styles.restLine}>
      <PriorityMark priority={alert.priority} accepted={alert.responsibility === 'accepted'} />
      <strong>
        {alert.message}
        {alert.count > 1 && ` × ${alert.count}`}
      </strong>
      {named && <span>{alert.pump ?? 'platform'}</span>}
      <span className="muted">
        <Since alert={alert} />
      </span>
      <Responsibility alert={alert} short />
      <AlertButtons alert={alert} compact justMoved={justMoved} />
    </li>
  );
}
