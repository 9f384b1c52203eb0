import type { Pump } from '#schemas/http/shapes.ts';
import { isHeldBy } from '#schemas/rules/announced-work.ts';
import { useNow } from '../../services.tsx';
import type { BoardAlert } from '../../store.ts';
import { plain, timeOfDay } from '../../words.ts';
import { isCritical } from './alert-facts.ts';

/** "Held: bag change until 02:25": why nobody is paged for it yet. The board shows it all the same. */
export function HeldLine({ alert, pump }: { alert: BoardAlert; pump: Pump | undefined }) {
  const now = useNow();
  if (now === null || pump === undefined || alert.condition === 'ended') return null;
  const hold = holdOf(alert, pump, now);
  if (hold === null) return null;
  return (
    <p>
      <strong>
        Held: {hold.why} until {timeOfDay(hold.until, now)}
      </strong>
      <span className="muted"> · nobody is paged for it before</span>
    </p>
  );
}

function holdOf(alert: BoardAlert, pump: Pump, now: number): { why: string; until: number } | null {
  const critical = isCritical(alert);
  const holds = pump.work
    .filter(({ kind }) => isHeldBy(kind, alert.type))
    .map(({ kind, until, criticalUntil }) => ({
      why: plain(kind),
      until: Date.parse(critical ? criticalUntil : until),
    }));
  if (pump.away !== null && alert.type === 'silent-pump' && !critical) {
    holds.push({ why: 'expected to be out of reach', until: Date.parse(pump.away.until) });
  }
  const running = holds.filter(({ until }) => until > now).sort((a, b) => b.until - a.until);
  return running[0] ?? null;
}
