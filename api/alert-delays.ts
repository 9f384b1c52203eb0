import { type AlertDelay, delayHops, type HopDelay } from '#schemas/http/report-alert-delay.ts';
import { printCsv } from '#schemas/library/csv.ts';
import type { Query } from './database.ts';

type Row = Omit<HopDelay, 'hop'> & { day: string | null; name: HopDelay['hop']; alerts: number };
type Span = { from: string | null; to: string | null; priority?: string | undefined };

export type Delays = Pick<AlertDelay, 'alerts' | 'hops' | 'days'>;

/** Delays of the alerts committed in a span, in all and by day. */
export async function readDelays(query: Query, { from, to, priority }: Span): Promise<Delays> {
  const rows = await query<Row>('alert_delays', [from, to, priority === undefined ? null : [priority]]);
  const hopsOf = (day: string | null): HopDelay[] =>
    rows
      .filter((row) => row.day === day)
      .map(({ name, measured, p50, p95, max }) => ({ hop: name, measured, p50, p95, max }));
  const alertsOf = (day: string | null) => rows.find((row) => row.day === day)?.alerts ?? 0;
  const days = [...new Set(rows.flatMap(({ day }) => day ?? []))];
  const all = hopsOf(null);
  return {
    alerts: alertsOf(null),
    // Without any alert there is no row: every hop is still named.
    hops: all.length > 0 ? all : delayHops.map((hop) => ({ hop, measured: 0, p50: null, p95: null, max: null })),
    days: days.map((day) => ({ day, alerts: alertsOf(day), hops: hopsOf(day) })),
  };
}

/** One line for each day and hop; the day of the whole span is `all`. */
export function delaysAsCsv({ hops, days }: Delays): string {
  const lines = (day: string, of: readonly HopDelay[]) =>
    of.map(({ hop, measured, p50, p95, max }) => [day, hop, String(measured), ...[p50, p95, max].map(whole)]);
  const head = ['day', 'hop', 'alerts_measured', 'p50_ms', 'p95_ms', 'max_ms'];
  return printCsv([head, ...lines('all', hops), ...days.flatMap(({ day, hops: of }) => lines(day, of))]);
}

const whole = (ms: number | null): string => (ms === null ? '' : String(Math.round(ms * 10) / 10));
