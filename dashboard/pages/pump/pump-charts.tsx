import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'wouter';
import type { Alert } from '#schemas/http/alert.ts';
import { deliveredRate, findGaps, type Gap } from '../../charts/columns.ts';
import type { Marker } from '../../charts/marks.ts';
import { TimeChart } from '../../charts/time-chart.tsx';
import { Failed, Loading } from '../../components/states.tsx';
import { useNow } from '../../services.tsx';
import { duration, timeOfDay } from '../../words.ts';
import styles from './pump-page.module.css';
import { type RangeKey, ranges, readView, type View } from './ranges.ts';
import { useTelemetry } from './use-telemetry.ts';

const percent = { min: 0, max: 105 };

/** Rate, volume, pressure, battery on one time axis. The live edge moves on; a drag stops it. */
export function PumpCharts({ pumpId, missing, alerts }: { pumpId: string; missing: number; alerts: readonly Alert[] }) {
  const [params, setParams] = useSearchParams();
  const search = params.toString();
  const view = useMemo(() => readView(new URLSearchParams(search)), [search]);
  const now = useNow();
  const { columns, error, retry } = useTelemetry(pumpId, view);
  const to = view.at === 'paused' ? view.to : (now ?? columns?.t.at(-1) ?? 0);
  const from = view.at === 'paused' ? view.from : to - view.ms;

  const delivered = useMemo(() => (columns === null ? [] : deliveredRate(columns)), [columns]);
  const gaps = useMemo(
    () => (columns === null ? [] : findGaps(columns, from, now === null ? to : Math.min(to, now))),
    [columns, from, to, now],
  );
  const markers = useMemo(
    (): Marker[] =>
      alerts.map((alert) => ({ at: Date.parse(alert.raisedAt), priority: alert.priority, words: alert.message })),
    [alerts],
  );
  const onSelect = useCallback(
    (start: number, end: number) =>
      setParams({ range: view.key, from: String(Math.round(start)), to: String(Math.round(end)) }, { replace: true }),
    [setParams, view.key],
  );
  const follow = (key: RangeKey) => setParams({ range: key }, { replace: true });

  if (columns === null)
    return error ? <Failed what="Charts" error={error} retry={retry} /> : <Loading what="charts" lines={8} />;
  const { t, late, rateMlPerH, infusedMl, pressureKpa, batteryPct } = columns;
  const common = { t, late, gaps, markers, from, to, onSelect, syncKey: pumpId };
  return (
    <section aria-label="Charts" className={styles.charts}>
      <div className={styles.ranges} data-screen-only>
        {ranges.map(({ key, name }) => (
          <button
            key={key}
            type="button"
            aria-pressed={view.at === 'live' && view.key === key}
            onClick={() => follow(key)}
          >
            {name}
          </button>
        ))}
        <Edge view={view} now={now} follow={() => follow(view.key)} />
      </div>
      <TimeChart
        {...common}
        title="Rate"
        unit="mL/h"
        series={[
          { label: 'set on the pump', values: rateMlPerH.last, band: rateMlPerH, look: 'step' },
          { label: 'delivered, from the volume', values: delivered, look: 'line' },
        ]}
      />
      <TimeChart
        {...common}
        title="Infused volume"
        unit="mL"
        series={[{ label: 'infused', values: infusedMl.last, look: 'line' }]}
      />
      <TimeChart
        {...common}
        title="Pressure"
        unit="kPa"
        series={[{ label: 'downstream', values: pressureKpa.last, band: pressureKpa, look: 'line' }]}
      />
      <TimeChart
        {...common}
        title="Battery"
        unit="%"
        fixed={percent}
        series={[{ label: 'charge', values: batteryPct.last, look: 'line' }]}
      />
      <GapWords gaps={gaps} missing={missing} now={now ?? to} lateCount={late.filter(Boolean).length} />
    </section>
  );
}

function Edge({ view, now, follow }: { view: View; now: number | null; follow: () => void }) {
  if (view.at === 'live') return <span className="muted">live · drag over a chart to look closer</span>;
  return (
    <>
      <span role="status">paused{now !== null && now > view.to && `, ${duration(now - view.to)} behind`}</span>
      <button type="button" data-kind="main" onClick={follow}>
        Resume
      </button>
    </>
  );
}

/** The hatched stretches in words; the last three. */
function GapWords({
  gaps,
  missing,
  now,
  lateCount,
}: {
  gaps: readonly Gap[];
  missing: number;
  now: number;
  lateCount: number;
}) {
  const said = gaps.slice(-3).map((gap) => `${timeOfDay(gap.from, now)}–${timeOfDay(gap.to, now)}`);
  if (said.length === 0 && lateCount === 0) return null;
  return (
    <p className="muted small">
      {said.length > 0 && `No data ${said.join(', ')}${missing > 0 ? ', being filled' : ''}. `}
      {lateCount > 0 && 'Dotted: came late.'}
    </p>
  );
}
