import { byUrgency } from '../pages/alerts/alert-order.ts';
import { Drug } from '../pages/alerts/alert-words.tsx';
import { useBoard } from '../services.tsx';
import { needsSomebody } from '../sound/signal.ts';
import { plural, priorityWord } from '../words.ts';
import { At } from './age.tsx';

const most = 8;

/** What nobody had when the screen could last be trusted, in the board's order: ★ first, as who is to be called. */
export function LastKnown() {
  const open = useBoard().filter(needsSomebody);
  if (open.length === 0) return <p>Last known: nobody was needed. That may have changed.</p>;
  const sorted = [...open].sort(byUrgency);
  return (
    <div>
      <p>Last known, nobody had:</p>
      <ul>
        {sorted.slice(0, most).map((alert) => (
          <li key={alert.id}>
            <strong>{priorityWord(alert.priority)}</strong> {alert.message} · <Drug name={alert.drug} alert={alert} /> ·{' '}
            {alert.pump ?? 'platform'} · since <At at={alert.raisedAt} />
          </li>
        ))}
        {sorted.length > most && <li>and {plural(sorted.length - most, 'more alert')}</li>}
      </ul>
    </div>
  );
}
