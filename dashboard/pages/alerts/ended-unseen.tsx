import { useState } from 'react';
import { PriorityMark } from '../../components/priority-mark.tsx';
import { useRecording } from '../../outage.ts';
import { useInPage, useMay } from '../../services.tsx';
import type { BoardAlert } from '../../store.ts';
import { byUrgency } from './alert-order.ts';
import { Drug, initialsWords, Since } from './alert-words.tsx';
import styles from './alerts-page.module.css';
import { useSeen } from './seen.ts';

/** High alerts whose condition ended before anybody saw them: they stay until somebody has. */
export function EndedUnseen({ alerts }: { alerts: readonly BoardAlert[] }) {
  const [open, setOpen] = useState(false);
  return (
    <details className={styles.folded} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Ended, not yet seen ({alerts.length})</summary>
      {/* What is folded was not painted, and says so. */}
      {open && (
        <ul>
          {[...alerts].sort(byUrgency).map((alert) => (
            <EndedLine key={alert.id} alert={alert} />
          ))}
        </ul>
      )}
    </details>
  );
}

function EndedLine({ alert }: { alert: BoardAlert }) {
  useInPage(alert);
  const seen = useSeen();
  const mayAnswer = useMay('alert.answer');
  const [problem, setProblem] = useState<string | null>(null);
  const { away, refused, refuse } = useRecording();
  return (
    <li className={styles.endedLine}>
      <PriorityMark priority={alert.priority} ended />
      <strong>{alert.message}</strong>
      <span>
        <Drug name={alert.drug} alert={alert} /> · {initialsWords(alert)}
        {alert.pump ?? 'platform'}
      </span>
      <span>
        <Since alert={alert} />
        {alert.endReason !== null && `, ${alert.endReason}`}
      </span>
      {mayAnswer && (
        <button
          type="button"
          aria-disabled={away}
          onClick={() => {
            if (!refuse()) void seen(alert).then(setProblem);
          }}
        >
          I have seen it
        </button>
      )}
      <span role="alert">{refused?.message ?? problem}</span>
    </li>
  );
}
