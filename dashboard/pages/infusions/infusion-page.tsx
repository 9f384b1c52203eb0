import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link, useSearchParams } from 'wouter';
import { type InfusionDetail, infusionDetail } from '#schemas/http/shapes.ts';
import { Age } from '../../components/age.tsx';
import { CompletenessLine } from '../../components/completeness.tsx';
import { Entries } from '../../components/entries.tsx';
import { Facts, Panel } from '../../components/facts.tsx';
import { Empty, Failed, Loading } from '../../components/states.tsx';
import { RequestError } from '../../http.ts';
import { useNow, useServices } from '../../services.tsx';
import { amount, count, dayAndTime, duration, plural } from '../../words.ts';
import { Drug } from '../alerts/alert-words.tsx';
import styles from './infusion-page.module.css';
import { lanesOf, spanOf } from './lanes.ts';
import { LastState } from './last-state.tsx';
import { LibraryPanel } from './library-panel.tsx';
import { OrderPanel } from './order-panel.tsx';
import { Timeline } from './timeline.tsx';

/** What really ran: one infusion on one axis, and the same in rows. */
export default function InfusionPage({ id }: { id: string }) {
  const { http } = useServices();
  const query = useQuery({
    queryKey: ['infusion', id],
    queryFn: ({ signal }) => http(`/infusions/${encodeURIComponent(id)}`, infusionDetail, { signal }),
    refetchInterval: ({ state }) => (state.data?.endedAt === null ? 10_000 : false),
  });
  if (query.data !== undefined) return <Shown infusion={query.data} />;
  if (query.error instanceof RequestError && (query.error.status === 404 || query.error.status === 400)) {
    return (
      <Empty whole title="There is no such infusion">
        <Link href="/infusions">All infusions</Link>
      </Empty>
    );
  }
  if (query.isError) return <Failed what="This infusion" error={query.error} retry={() => void query.refetch()} />;
  return <Loading what="the infusion" lines={8} />;
}

function Shown({ infusion }: { infusion: InfusionDetail }) {
  const second = useNow();
  const [params, setParams] = useSearchParams();
  const running = infusion.endedAt === null;
  // A running infusion grows; every ten seconds is enough for an axis of hours.
  const now = Math.ceil((second ?? Date.parse(infusion.timeline.at(-1)?.at ?? infusion.startedAt)) / 10_000) * 10_000;
  const whole = useMemo(() => spanOf(infusion, now), [infusion, now]);
  const lanes = useMemo(() => lanesOf(infusion, now), [infusion, now]);
  const zoomed = params.has('from') && params.has('to');
  const from = zoomed ? Number(params.get('from')) : whole.from;
  const to = zoomed ? Number(params.get('to')) : whole.to;
  const entries = infusion.timeline.filter((entry) => {
    const at = Date.parse(entry.at);
    return !zoomed || (at >= from && at <= to);
  });
  const zoom = (start: number, end: number) =>
    setParams({ from: String(Math.round(start)), to: String(Math.round(end)) }, { replace: true });

  function closer(factor: number): void {
    const middle = (from + to) / 2;
    const half = Math.max(5_000, ((to - from) / 2) * factor);
    zoom(Math.max(whole.from, middle - half), Math.min(whole.to, middle + half));
  }

  return (
    <article className={styles.page}>
      <header className={styles.header}>
        <div>
          <p className="muted">
            <Link href="/infusions">Infusions</Link> /{' '}
            <Link href={`/pumps/${encodeURIComponent(infusion.pump)}`}>{infusion.pump}</Link> / no.{' '}
            {infusion.pumpInfusion}
          </p>
          <h1>
            {infusion.patient !== null && `${infusion.patient.initials} · `}
            <Drug name={infusion.drug} />
          </h1>
          <p>
            <strong>{running ? <LastState infusion={infusion} /> : 'Ended'}</strong> · {running && 'begun '}
            {dayAndTime(Date.parse(infusion.startedAt))}
            {infusion.endedAt !== null && (
              <>
                {' to '}
                {dayAndTime(Date.parse(infusion.endedAt))} ·{' '}
                {duration(Date.parse(infusion.endedAt) - Date.parse(infusion.startedAt))}
              </>
            )}
          </p>
        </div>
        <p className={styles.total}>
          {infusion.totalMl === null ? '–' : amount(infusion.totalMl)}{' '}
          <small>mL in all{running && <Age at={infusion.lastKnownAt} prefix=" · " />}</small>
        </p>
      </header>
      <div className={styles.tools} data-screen-only>
        <button type="button" onClick={() => closer(0.5)}>
          Zoom in
        </button>
        <button type="button" onClick={() => closer(2)} disabled={!zoomed}>
          Zoom out
        </button>
        <button type="button" onClick={() => setParams({}, { replace: true })} disabled={!zoomed}>
          Whole infusion
        </button>
        <span className="muted">drag over the timeline to look closer</span>
      </div>
      <Timeline lanes={lanes} from={from} to={to} onZoom={zoom} />
      {infusion.order !== null && <OrderPanel match={infusion.order} />}
      <LibraryPanel check={infusion.check} />
      <Panel title="How complete this is">
        <Completeness infusion={infusion} />
      </Panel>
      <Panel
        title={
          zoomed
            ? `In this stretch (${entries.length} of ${infusion.timeline.length})`
            : `What happened (${entries.length})`
        }
      >
        {entries.length === 0 ? (
          <p className="muted">Nothing happened in this stretch.</p>
        ) : (
          <Entries entries={entries} caption="What happened in this infusion, in the pump’s order" />
        )}
      </Panel>
    </article>
  );
}

function Completeness({ infusion }: { infusion: InfusionDetail }) {
  const { completeness } = infusion;
  const { records, missing, declaredLost, rejected, late, tailUnknown } = completeness;
  const said = (n: number) => (n === 0 ? 'none' : plural(n, 'record'));
  return (
    <>
      <CompletenessLine {...completeness} />
      {tailUnknown && <p>The pump lost its journal during this infusion: how it went on is not known.</p>}
      {late > 0 && (
        <p className="muted">
          Restated: {plural(late, 'sample')} came late and {late === 1 ? 'is' : 'are'} marked.
        </p>
      )}
      <Facts
        facts={[
          ['Records', count(records)],
          ['Missing', said(missing)],
          ['Declared lost', said(declaredLost)],
          ['Rejected', said(rejected)],
          ['Came late', said(late)],
        ]}
      />
    </>
  );
}
