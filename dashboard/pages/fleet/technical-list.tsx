import { Link, useSearchParams } from 'wouter';
import { alarmWords } from '#schemas/rules/alarm-catalogue.ts';
import { Age } from '../../components/age.tsx';
import { Empty, Loading } from '../../components/states.tsx';
import { useSituation, useTechnical } from '../../services.tsx';
import type { BoardAlert } from '../../store.ts';
import { plain } from '../../words.ts';
import styles from './fleet-page.module.css';
import { technicalDetail } from './technical-words.ts';

/** What a technician has to look after: it stands here and on no alert board, and pages no nurse. */
export function TechnicalList() {
  const loaded = useSituation((situation) => situation.loaded || situation.feedEpoch !== null);
  const [params] = useSearchParams();
  const pump = params.get('pump');
  const all = useTechnical();
  const shown = all
    .filter((alert) => pump === null || alert.pump === pump)
    .toSorted((a, b) => rank(a) - rank(b) || b.raisedAt.localeCompare(a.raisedAt));
  if (!loaded) return <Loading what="the technician’s list" lines={3} />;
  if (shown.length === 0) {
    return <Empty title={pump === null ? 'Nothing to look after' : `Nothing to look after at ${pump}`} />;
  }
  return (
    <ul className={styles.list} aria-label="Technician’s list">
      {shown.map((alert) => (
        <Line key={alert.id} alert={alert} />
      ))}
    </ul>
  );
}

/** The platform before any pump, then what disturbs most. */
const rank = ({ audience, priority }: BoardAlert): number =>
  audience === 'technical-on-call' ? 0 : { high: 1, medium: 2, low: 3 }[priority];

/** Sends no receipt: one for a snapshot's number would speak for the whole board, which does not stand here. */
function Line({ alert }: { alert: BoardAlert }) {
  const detail = technicalDetail(alert);
  return (
    <li className={styles.record}>
      <p>
        {alert.pump === null ? 'Platform' : <Link href={`/pumps/${encodeURIComponent(alert.pump)}`}>{alert.pump}</Link>}
        {' · '}
        {alarmWords(alert.type) ?? plain(alert.type)} · <Age at={alert.raisedAt} prefix="for " />
        {alert.count > 1 && ` · × ${alert.count}`}
      </p>
      <p>
        <strong>{alert.message}</strong>
      </p>
      {detail !== null && <p className="muted">{detail}</p>}
    </li>
  );
}
