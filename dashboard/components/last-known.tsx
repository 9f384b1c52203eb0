import { useBoard } from '../services.tsx';
import { needsSomebody } from '../sound/signal.ts';
import { priorityWord } from '../words.ts';

const most = 8;

/** What nobody had when the screen could last be trusted. */
export function LastKnown() {
  const open = useBoard().filter(needsSomebody);
  if (open.length === 0) return <p>Last known: nobody was needed. That may have changed.</p>;
  const sorted = [...open].sort((a, b) => order(a.priority) - order(b.priority));
  return (
    <div>
      <p>Last known, nobody had:</p>
      <ul>
        {sorted.slice(0, most).map((alert) => (
          <li key={alert.id}>
            <strong>{priorityWord(alert.priority)}</strong> {alert.message} · {alert.drug ?? 'drug not known'} ·{' '}
            {alert.pump ?? 'platform'}
          </li>
        ))}
        {sorted.length > most && <li>and {sorted.length - most} more</li>}
      </ul>
    </div>
  );
}

const order = (priority: 'high' | 'medium' | 'low'): number => ({ high: 0, medium: 1, low: 2 })[priority];
