import type { Alert, AlertDetail } from '#schemas/http/alert.ts';
import { At } from '../../components/age.tsx';
import { Hops } from '../../components/hops.tsx';
import { plain } from '../../words.ts';
import styles from './alert-card.module.css';
import { Told } from './told.tsx';

const did: Readonly<Record<string, string>> = {
  accept: 'took it',
  undo: 'took the acceptance back',
  decline: 'passed it on',
  'hand-over': 'handed it over',
  note: 'noted',
  feedback: 'closed it',
  seen: 'saw it',
  extend: 'needs longer',
  close: 'closed it',
  call: 'called',
  offer: 'asked the next people',
  lapse: 'found that it lapsed: nobody has it',
};

/** Below the card: what people did and wrote, and the way the alert took. */
export function AlertRecord({ alert, detail }: { alert: Alert; detail: AlertDetail | null }) {
  const actions = detail?.actions ?? [];
  const notes = actions.filter(({ note }) => note !== null && note !== '');
  return (
    <div className={styles.record}>
      {notes.length > 0 && (
        <ul className={styles.notes} aria-label="Notes">
          {notes.map(({ at, by, action, note }) => (
            <li key={`${at} ${action}`}>
              <span className="muted">
                <At at={at} /> {by?.name ?? 'Dripwatch'}
                {action !== 'note' && `, who ${did[action] ?? plain(action)}`}:
              </span>{' '}
              {note}
            </li>
          ))}
        </ul>
      )}
      <details className={styles.way}>
        <summary>How it came here, and who did what</summary>
        <Hops hops={detail?.hops ?? alert.hops} late={alert.late} />
        <p className="muted small">{pumpSaid(alert)}</p>
        {actions.length > 0 && (
          <ul className="small">
            {actions.map(({ at, by, action, note }, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: what was done is never reordered
              <li key={i}>
                <At at={at} /> {by?.name ?? 'Dripwatch'} {did[action] ?? plain(action)}
                {note !== null && note !== '' && `: ${note}`}
              </li>
            ))}
          </ul>
        )}
        <Told notifications={detail?.notifications ?? []} />
      </details>
    </div>
  );
}

function pumpSaid(alert: Alert): string {
  const detail = alert.detail.pumpSays;
  const own = alert.pumpPriority === null ? '' : ` (${alert.pumpPriority} on the pump)`;
  const words = typeof detail === 'string' ? `: “${detail}”` : '';
  return alert.type.startsWith('MDC_')
    ? `The pump says ${alert.type}${own}${words}`
    : `Found by Dripwatch: ${alert.type}`;
}
