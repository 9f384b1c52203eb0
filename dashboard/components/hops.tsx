import type { Alert } from '#schemas/http/alert.ts';
import { duration, timeWithSeconds } from '../words.ts';
import styles from './hops.module.css';

type Hop = keyof Alert['hops'];
const steps: readonly (readonly [Hop, string])[] = [
  ['pumpAt', 'pump’s own clock'],
  ['brokerAt', 'broker'],
  ['receivedAt', 'ingest'],
  ['committedAt', 'committed'],
  ['sentAt', 'sent to screens'],
  ['renderedAt', 'on a screen'],
  ['seenAt', 'seen by a person'],
  ['acceptedAt', 'accepted'],
];

/** Below this a step is the platform's own; a person takes longer. */
const instantMs = 10_000;

/** The way of one alert, from the pump to the person: what took how long, and what took longest. */
export function Hops({ hops, late = false }: { hops: Alert['hops']; late?: boolean }) {
  const known = steps.map(([key, name]) => ({ key, name, at: hops[key] === null ? null : Date.parse(hops[key]) }));
  const rows = known.map((step, i) => {
    // The pump's clock is another clock: a difference to it says nothing about the way.
    const before = i < 2 ? undefined : known.slice(1, i).findLast(({ at }) => at !== null);
    const tookMs = step.at === null || !before || before.at === null ? null : Math.max(0, step.at - before.at);
    return { ...step, tookMs };
  });
  const longest = Math.max(...rows.map(({ tookMs }) => tookMs ?? 0), 1);
  const from = hops.brokerAt ?? hops.receivedAt;
  const all = (to: string | null) => (from === null || to === null ? null : Date.parse(to) - Date.parse(from));
  const [toScreen, toPerson] = [all(hops.renderedAt), all(hops.acceptedAt)];
  return (
    <div className={styles.way}>
      <ol className={styles.hops}>
        {rows.map(({ key, name, at, tookMs }) => (
          <li key={key} data-known={at !== null}>
            <span>{name}</span>
            <strong>{at === null ? 'not yet' : timeWithSeconds(at)}</strong>
            <span className="muted small">{tookMs === null ? '' : `+ ${took(tookMs)}`}</span>
            {tookMs !== null && (
              <svg className={styles.bar} viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                <rect width={Math.max(1, (100 * tookMs) / longest)} height="4" />
              </svg>
            )}
          </li>
        ))}
      </ol>
      <p className="small">
        {toScreen === null ? 'On no screen yet.' : `On a screen after ${took(toScreen)}.`}{' '}
        {toPerson === null ? 'Nobody accepted yet.' : `Accepted after ${took(toPerson)}.`}
        {late && ' It was reported late: the pump could not be reached when it began.'}
      </p>
    </div>
  );
}

function took(ms: number): string {
  return ms < instantMs ? `${Math.max(0, Math.round(ms))} ms` : duration(ms);
}
