import type { DelayHop, HopDelay } from '#schemas/http/report-alert-delay.ts';
import { amount, count, duration } from '../words.ts';
import { Scrolled } from './scrolled.tsx';

const hopWords: Record<DelayHop, string> = {
  brokerToIngest: 'broker → ingest',
  ingestToCommitted: 'ingest → committed',
  committedToSent: 'committed → sent to screens',
  sentToRendered: 'sent → painted',
  receivedToSent: 'ingest → sent, in all',
  receivedToRendered: 'ingest → painted, in all',
  renderedToSeen: 'painted → seen by a person',
  renderedToAccepted: 'painted → accepted',
  receivedToAccepted: 'ingest → accepted, in all',
};

/** How long each hop took: half of the alerts, 95 % of them, and the slowest. */
export function DelayTable({ hops, label, none }: { hops: readonly HopDelay[]; label: string; none: string }) {
  if (hops.every(({ measured }) => measured === 0)) return <p className="muted">{none}</p>;
  return (
    <Scrolled label={label}>
      <table>
        <thead>
          <tr>
            <th scope="col">Hop</th>
            {['half below', '95 % below', 'longest', 'alerts'].map((name) => (
              <th key={name} scope="col" data-number>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {hops.map(({ hop, p50, p95, max, measured }) => (
            <tr key={hop}>
              <td>{hopWords[hop]}</td>
              <td data-number>{delay(p50)}</td>
              <td data-number>{delay(p95)}</td>
              <td data-number>{delay(max)}</td>
              <td data-number>{count(measured)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolled>
  );
}

export function delay(ms: number | null): string {
  if (ms === null) return '–';
  return ms < 10_000 ? `${amount(ms)} ms` : duration(ms);
}
