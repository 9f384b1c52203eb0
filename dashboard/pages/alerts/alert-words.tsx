import { isCriticalDrug } from '#schemas/rules/alarm-catalogue.ts';
import { Age, At } from '../../components/age.tsx';
import { isLastKnown, predictedEmptyAt } from '../../pump-age.ts';
import { useNow, usePump, useServices } from '../../services.tsx';
import type { BoardAlert } from '../../store.ts';
import { amount, duration, stateWord, timeOfDay } from '../../words.ts';
import styles from './alert-card.module.css';

/** Drug as the pump names it, ★ where any stop is high. */
export function Drug({ name }: { name: string | null }) {
  if (name === null) return <span className="muted">drug not known</span>;
  return (
    <>
      {name}
      {isCriticalDrug(name) && (
        <span title="critical continuity: any stop or silence is high">
          <span aria-hidden="true">★</span>
          <span className="visually-hidden"> critical continuity</span>
        </span>
      )}
    </>
  );
}

/** Since when; a late alert says when it began and when it was reported. */
export function Since({ alert }: { alert: BoardAlert }) {
  if (alert.condition === 'ended' && alert.endedAt !== null) {
    return (
      <>
        <At at={alert.raisedAt} /> to <At at={alert.endedAt} />
      </>
    );
  }
  if (alert.late && alert.hops.receivedAt !== null) {
    return (
      <>
        since <At at={alert.raisedAt} />, reported <At at={alert.hops.receivedAt} />
      </>
    );
  }
  return (
    <>
      <At at={alert.raisedAt} /> · <Age at={alert.raisedAt} />
    </>
  );
}

/** Who has it, in words. */
export function Responsibility({ alert }: { alert: BoardAlert }) {
  const { session } = useServices();
  const now = useNow();
  switch (alert.responsibility) {
    case 'accepted': {
      const who = alert.owner?.id === session.user.id ? 'You have it' : `${alert.owner?.name ?? 'Somebody'} has it`;
      const left = alert.acceptedUntil === null || now === null ? null : Date.parse(alert.acceptedUntil) - now;
      return (
        <span>
          <strong>{who}</strong>
          {left !== null && left > 0 && <span className="muted"> · lapses in {duration(left)}</span>}
        </span>
      );
    }
    case 'declined':
      return <span>Passed on · nobody has it</span>;
    case 'lapsed':
      return <span>{alert.owner?.name ?? 'The person who had it'} did not finish · nobody has it</span>;
    case 'offered':
      return <span>Offered · nobody has it yet</span>;
    case 'unassigned':
      return <span>Nobody has it</span>;
  }
}

/** State and rate of the pump with their age; in italics what can only be estimated. */
export function PumpNow({ pumpId }: { pumpId: string }) {
  const pump = usePump(pumpId);
  const now = useNow();
  if (pump === undefined || now === null) return null;
  const old = isLastKnown(pump, now);
  const emptyAt = predictedEmptyAt(pump);
  return (
    <div className={styles.now} data-old={old}>
      <span className={styles.rate}>
        {pump.rateMlPerH === null ? '–' : amount(pump.rateMlPerH)}
        <small> mL/h</small>
      </span>
      <span>
        {stateWord(pump.state)} ·{' '}
        {pump.lastSampleAt === null ? (
          'no sample yet'
        ) : old ? (
          <>
            last known <At at={pump.lastSampleAt} />
          </>
        ) : (
          <Age at={pump.lastSampleAt} />
        )}
        {emptyAt !== null && (
          <em className={styles.estimate}>
            empty ≈ {timeOfDay(emptyAt, now)}
            {emptyAt > now ? ` (in ${duration(emptyAt - now)})` : ` (${duration(now - emptyAt)} ago)`}
          </em>
        )}
      </span>
    </div>
  );
}
