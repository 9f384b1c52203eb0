import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'wouter';
import { alertDelay, type HopDelay } from '#schemas/http/report-alert-delay.ts';
import { DelayTable, delay } from '../../components/delay-table.tsx';
import { Panel } from '../../components/facts.tsx';
import { Scrolled } from '../../components/scrolled.tsx';
import { Failed, Loading } from '../../components/states.tsx';
import { useServices } from '../../services.tsx';
import { count, plural } from '../../words.ts';
import styles from './reports-page.module.css';

const spans = [
  ['1', 'Last 24 h'],
  ['7', 'Last 7 days'],
  ['30', 'Last 30 days'],
  ['365', 'Last year'],
] as const;
const dayMs = 86_400_000;

/** How long alerts took from the pump to the person: what the platform did, what people did, day by day. */
export default function ReportsPage() {
  const { http } = useServices();
  const [params, setParams] = useSearchParams();
  const days = spans.find(([value]) => value === params.get('days'))?.[0] ?? '7';
  const priority = ['high', 'medium', 'low'].find((one) => one === params.get('priority')) ?? '';
  const from = (): string => new Date(Math.floor(Date.now() / 60_000) * 60_000 - Number(days) * dayMs).toISOString();
  const filter = () => `from=${from()}${priority === '' ? '' : `&priority=${priority}`}`;
  const query = useQuery({
    queryKey: ['alert-delay', days, priority],
    refetchInterval: 60_000,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => http(`/reports/alert-delay?${filter()}`, alertDelay, { signal }),
  });
  const say = (name: string, value: string) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === '') next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  return (
    <div className={styles.page}>
      <h1>Reports: delay of alerts</h1>
      <div className={styles.filters} data-screen-only>
        <label>
          Span
          <select value={days} onChange={(event) => say('days', event.target.value)}>
            {spans.map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <label>
          Priority
          <select value={priority} onChange={(event) => say('priority', event.target.value)}>
            <option value="">all</option>
            <option value="high">high</option>
            <option value="medium">medium</option>
            <option value="low">low</option>
          </select>
        </label>
        <a href={`/api/v1/reports/alert-delay?${filter()}&format=csv`} download className={styles.download}>
          Download CSV
        </a>
      </div>
      {query.data === undefined && query.isError && (
        <Failed what="This report" error={query.error} retry={() => void query.refetch()} />
      )}
      {query.data === undefined && !query.isError && <Loading what="the report" lines={8} />}
      {query.data !== undefined && (
        <>
          <Panel title={`From hop to hop, ${plural(query.data.alerts, 'alert')}`}>
            <DelayTable hops={query.data.hops} label="Delay by hop" none="No alert in this span." />
            <p className="muted small">
              Clinical alerts that came in time. What came in late, after an outage or a silent pump, stands apart: it
              tells nothing of the path. The pump’s own clock is another clock; no delay is taken from it. What somebody
              answered by telephone before a screen painted it counts in all, and not since it was painted.
            </p>
          </Panel>
          {query.data.days.length > 0 && (
            <Panel title="By day (UTC)">
              <Scrolled label="Delay by day">
                <table>
                  <thead>
                    <tr>
                      <th scope="col">Day</th>
                      <th scope="col" data-number>
                        alerts
                      </th>
                      <th scope="col" data-number>
                        painted: half below
                      </th>
                      <th scope="col" data-number>
                        95 % below
                      </th>
                      <th scope="col" data-number>
                        longest
                      </th>
                      <th scope="col" data-number>
                        accepted: half below
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {query.data.days.map(({ day, alerts, hops }) => (
                      <tr key={day}>
                        <th scope="row">{day}</th>
                        <td data-number>{count(alerts)}</td>
                        <td data-number>{delay(of(hops, 'receivedToRendered')?.p50 ?? null)}</td>
                        <td data-number>{delay(of(hops, 'receivedToRendered')?.p95 ?? null)}</td>
                        <td data-number>{delay(of(hops, 'receivedToRendered')?.max ?? null)}</td>
                        <td data-number>{delay(of(hops, 'receivedToAccepted')?.p50 ?? null)}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </Scrolled>
            </Panel>
          )}
        </>
      )}
    </div>
  );
}

const of = (hops: readonly HopDelay[], name: HopDelay['hop']) => hops.find(({ hop }) => hop === name);
