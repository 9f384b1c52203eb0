import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Link } from 'wouter';
import { pumpDetail } from '#schemas/http/administration.ts';
import { alert as alertSchema } from '#schemas/http/alert.ts';
import { type Pump, page } from '#schemas/http/shapes.ts';
import { Age, At } from '../../components/age.tsx';
import { Entries } from '../../components/entries.tsx';
import { Facts, Panel } from '../../components/facts.tsx';
import { Hops } from '../../components/hops.tsx';
import { Empty, Failed, Loading } from '../../components/states.tsx';
import { RequestError } from '../../http.ts';
import { isLastKnown, predictedEmptyAt } from '../../pump-age.ts';
import { useNow, usePump, useServices } from '../../services.tsx';
import { amount, duration, plain, stateWord, timeOfDay } from '../../words.ts';
import { Drug } from '../alerts/alert-words.tsx';
import { AssignmentPanel } from './assignment.tsx';
import { Journal } from './journal.tsx';
import { Programme } from './programme.tsx';
import { PumpAlerts } from './pump-alerts.tsx';
import { PumpCharts } from './pump-charts.tsx';
import styles from './pump-page.module.css';
import { AnnouncedNow, WorkPanel } from './work-panel.tsx';

/** One pump: what it does now, its curves, its journal, what happened, how its last alert travelled. */
export default function PumpPage({ id }: { id: string }) {
  const { http } = useServices();
  const live = usePump(id);
  const path = `/pumps/${encodeURIComponent(id)}`;
  const detail = useQuery({
    queryKey: ['pump', id],
    refetchInterval: 10_000,
    queryFn: ({ signal }) => http(path, pumpDetail, { signal }),
  });
  const alerts = useQuery({
    queryKey: ['alerts-of', id],
    refetchInterval: 10_000,
    queryFn: ({ signal }) => http(`/alerts?pump=${encodeURIComponent(id)}&limit=100`, page(alertSchema), { signal }),
  });
  useEffect(() => window.scrollTo(0, 0), []);

  const pump = live ?? detail.data;
  if (pump === undefined) {
    if (detail.error instanceof RequestError && detail.error.status === 404) {
      return (
        <Empty whole title={`There is no pump ${id}`}>
          <Link href="/pumps">All pumps</Link>
        </Empty>
      );
    }
    if (detail.isError) return <Failed what={`Pump ${id}`} error={detail.error} retry={() => void detail.refetch()} />;
    return <Loading what={`pump ${id}`} lines={8} />;
  }
  const last = alerts.data?.items[0];
  return (
    <article className={styles.page}>
      <Header pump={pump} />
      <PumpAlerts pumpId={id} />
      <AnnouncedNow pump={pump} />
      <PumpCharts pumpId={id} missing={pump.missing} alerts={alerts.data?.items ?? []} />
      <WorkPanel pump={pump} />
      <div className={styles.panels}>
        <AssignmentPanel pumpId={id} />
        <Programme pump={pump} events={detail.data?.events ?? []} />
        <Panel title="Journal">
          {detail.data === undefined ? (
            <Loading what="journal" lines={2} />
          ) : (
            <Journal journals={detail.data.journals} />
          )}
        </Panel>
        <Panel title="Device">
          <Facts facts={deviceFacts(pump)} />
        </Panel>
      </div>
      <Panel title="Way of the last alert">
        {alerts.isError && <Failed what="Alerts" error={alerts.error} retry={() => void alerts.refetch()} />}
        {last === undefined && alerts.isSuccess && <p className="muted">This pump has not caused an alert yet.</p>}
        {last !== undefined && (
          <>
            <p className={styles.hopTitle}>
              {last.message} · <At at={last.raisedAt} />
              {last.late && ' · reported late'}
            </p>
            <Hops hops={last.hops} />
          </>
        )}
      </Panel>
      <Panel title="Events">
        {detail.isError && <Failed what="Events" error={detail.error} retry={() => void detail.refetch()} />}
        {detail.data !== undefined && detail.data.events.length === 0 && (
          <p className="muted">Nothing but samples yet.</p>
        )}
        {detail.data !== undefined && detail.data.events.length > 0 && (
          <Entries entries={detail.data.events} caption={`Newest events of ${id}`} />
        )}
      </Panel>
    </article>
  );
}

function Header({ pump }: { pump: Pump }) {
  const now = useNow();
  const old = now !== null && isLastKnown(pump, now);
  const emptyAt = predictedEmptyAt(pump);
  return (
    <header className={styles.header} data-old={old}>
      <div>
        <p className="muted">
          <Link href="/pumps">Pumps</Link> / {pump.id}
        </p>
        <h1>
          <Drug name={pump.drug} />
        </h1>
        <p className={styles.state}>
          <strong>{pump.presence === 'silent' ? 'Silent' : stateWord(pump.state)}</strong>
          {pump.presence === 'silent' && pump.silentSince !== null && (
            <>
              {' for '}
              <Age at={pump.silentSince} /> · last state {stateWord(pump.state).toLowerCase()}
            </>
          )}
          {pump.infusion !== null && (
            <>
              {' · '}
              <Link href={`/infusions/${pump.infusion}`}>infusion {pump.pumpInfusion}</Link>
            </>
          )}
        </p>
      </div>
      <div className={styles.rateBox}>
        <p className={styles.rate}>
          {pump.rateMlPerH === null ? '–' : amount(pump.rateMlPerH)} <small>mL/h</small>
        </p>
        <p>
          {pump.lastSampleAt === null ? (
            'no sample yet'
          ) : old ? (
            <>
              last known <At at={pump.lastSampleAt} />, <Age at={pump.lastSampleAt} /> ago
            </>
          ) : (
            <Age at={pump.lastSampleAt} />
          )}
        </p>
        {emptyAt !== null && now !== null && (
          <p>
            <em>
              empty ≈ {timeOfDay(emptyAt, now)}{' '}
              {emptyAt > now ? `(in ${duration(emptyAt - now)})` : `(${duration(now - emptyAt)} ago)`}
            </em>
          </p>
        )}
      </div>
    </header>
  );
}

function deviceFacts(pump: Pump): [string, React.ReactNode][] {
  const read = (value: number | null, unit: string) =>
    value === null ? null : (
      <>
        {amount(value)} {unit} · <Age at={pump.lastSampleAt} />
      </>
    );
  return [
    ['Model', pump.model],
    ['Serial', pump.serial],
    ['Firmware', pump.firmware],
    ['Library', pump.libraryVersion],
    ['Library assigned', pump.libraryAssigned],
    ['Status', plain(pump.status)],
    ['Battery', read(pump.batteryPct, pump.mains ? '%, on mains' : '%')],
    ['Reservoir', read(pump.reservoirMl, 'mL')],
    ['To be infused', read(pump.vtbiRemainingMl, 'mL')],
    ['Pressure', read(pump.pressureKpa, 'kPa')],
    ['Last contact', <Age key="age" at={pump.lastContactAt} />],
  ];
}
