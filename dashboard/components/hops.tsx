import type { Alert } from '#schemas/http/alert.ts';
import { timeWithSeconds } from '../words.ts';
import styles from './hops.module.css';

const steps: readonly [keyof Alert['hops'], string][] = [
  ['pumpAt', 'pump’s own clock'],
  ['brokerAt', 'broker'],
  ['receivedAt', 'ingest'],
  ['committedAt', 'committed'],
  ['sentAt', 'sent'],
  ['renderedAt', 'on a screen'],
  ['seenAt', 'seen'],
  ['acceptedAt', 'accepted'],
];

/** The way of one alert, from the pump to the person, with the time that each step took. */
export function Hops({ hops }: { hops: Alert['hops'] }) {
  const known = steps.map(([key, name]) => ({ key, name, at: hops[key] === null ? null : Date.parse(hops[key]) }));
  return (
    <ol className={styles.hops}>
      {known.map(({ key, name, at }, i) => {
        // The pump's clock is another clock: a difference to it says nothing about the way.
        const before = known.slice(1, i).findLast((step) => step.at !== null)?.at ?? null;
        return (
          <li key={key} data-known={at !== null}>
            <span>{name}</span>
            <strong>{at === null ? 'not yet' : timeWithSeconds(at)}</strong>
            <span className="muted small">{at !== null && before !== null && i > 1 ? took(at - before) : ''}</span>
          </li>
        );
      })}
    </ol>
  );
}

function took(ms: number): string {
  return ms < 10_000 ? `+ ${Math.max(0, Math.round(ms))} ms` : `+ ${Math.round(ms / 1000)} s`;
}
