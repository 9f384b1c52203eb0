import { Age } from '../../components/age.tsx';
import { isLastKnown, predictedEmptyAt } from '../../pump-age.ts';
import { useNow, usePump } from '../../services.tsx';
import { amount, duration, plural, stateWord, timeOfDay } from '../../words.ts';
import { Drug } from '../alerts/alert-words.tsx';
import styles from './pump-tiles.module.css';

/** What a tile stands for: drug, state, rate, each with its age. */
export function PumpCard({ id, left, top }: { id: string; left: number; top: number }) {
  const pump = usePump(id);
  const now = useNow();
  if (pump === undefined || now === null) return null;
  const emptyAt = predictedEmptyAt(pump);
  const old = isLastKnown(pump, now);
  return (
    <div className={styles.card} style={{ left, top }} role="status">
      <p>
        <strong>{pump.id}</strong> <span className="muted">{pump.model}</span>
      </p>
      <p>
        <Drug name={pump.drug} />
      </p>
      <p>
        {stateWord(pump.state)}
        {pump.rateMlPerH !== null && ` · ${amount(pump.rateMlPerH)} mL/h`}
        {' · '}
        {old && 'last known, '}
        <Age at={pump.lastSampleAt} />
      </p>
      {pump.presence === 'silent' && pump.silentSince !== null && (
        <p>
          Silent for <Age at={pump.silentSince} />
        </p>
      )}
      {emptyAt !== null && (
        <p>
          <em>
            empty ≈ {timeOfDay(emptyAt, now)} (
            {emptyAt > now ? `in ${duration(emptyAt - now)}` : `${duration(now - emptyAt)} ago`})
          </em>
        </p>
      )}
      {pump.batteryPct !== null && <p className="muted">battery {amount(pump.batteryPct)} %</p>}
      {pump.missing > 0 && <p className="muted">{plural(pump.missing, 'record')} being filled</p>}
    </div>
  );
}
