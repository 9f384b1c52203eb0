import { useState } from 'react';
import { notRecordedSince, useOutage } from '../outage.ts';
import { useNow, useSituation } from '../services.tsx';
import { dayAndTime, duration, plural, timeWithSeconds } from '../words.ts';
import { LastKnown } from './last-known.tsx';
import styles from './mistrust.module.css';
import { PhoneList } from './phone-list.tsx';
import { PriorityMark } from './priority-mark.tsx';

/**
 * Everything that limits the trust in what is on screen: NOT MONITORED, NOT RECORDED, messages that could not be read.
 * `untouched`: a wall, where nobody presses anything.
 */
export function Mistrust({ untouched = false }: { untouched?: boolean }) {
  const watch = useSituation((situation) => situation.watch);
  const unreadable = useSituation((situation) => situation.unreadable);
  return (
    <>
      {watch.at === 'not-monitored' && (
        <NotMonitored lastTrustedAt={watch.lastTrustedAt} forMs={watch.forMs} untouched={untouched} />
      )}
      <NotRecorded />
      {unreadable > 0 && (
        <p className={styles.notice} role="alert">
          <strong>{plural(unreadable, 'message')} from the server could not be read.</strong> Asking for everything
          again; if this stays, reload the page.
        </p>
      )}
    </>
  );
}

type Untrusted = { lastTrustedAt: number | null; forMs: number; untouched: boolean };

function NotMonitored({ lastTrustedAt, forMs, untouched }: Untrusted) {
  const [folded, setFolded] = useState(false);
  const trusted = lastTrustedAt === null ? 'none since this page was opened' : dayAndTime(lastTrustedAt);
  if (folded) {
    return (
      <div className={styles.folded} role="alert">
        <p>
          <strong>NOT MONITORED</strong> for {duration(forMs)}. All below is last known.
        </p>
        <button type="button" onClick={() => setFolded(false)}>
          Show what to do
        </button>
      </div>
    );
  }
  return (
    <section
      className={styles.screen}
      role="alertdialog"
      aria-labelledby="not-monitored"
      aria-modal="false"
      // Without a button in it, this is the only way to scroll it by keyboard.
      tabIndex={untouched ? 0 : undefined}
    >
      <h1 id="not-monitored">NOT MONITORED</h1>
      <p className={styles.large}>This screen does not show what the pumps do now.</p>
      <dl>
        <div>
          <dt>Last trusted record</dt>
          <dd>
            {trusted}
            {lastTrustedAt !== null && `:${timeWithSeconds(lastTrustedAt).slice(-2)}`}
          </dd>
        </div>
        <div>
          <dt>For</dt>
          <dd>{duration(forMs)}</dd>
        </div>
      </dl>
      <ol>
        <li>Each pump still alarms at the patient’s side.</li>
        <li>Call the patients on the list below or on your printed one, ★ first.</li>
        <li>Tell technical on-call. This page comes back by itself.</li>
      </ol>
      <LastKnown />
      <PhoneList />
      {!untouched && (
        <p className={styles.buttons}>
          <button type="button" onClick={() => location.reload()}>
            Reload the page
          </button>
          <button type="button" onClick={() => setFolded(true)}>
            Show the last known board
          </button>
        </p>
      )}
    </section>
  );
}

/** Alerts are evaluated and shown, but what pumps send can't be recorded, and mostly what people do neither. */
function NotRecorded() {
  const provisional = useSituation((situation) => situation.provisional);
  const now = useNow();
  const since = useSituation(notRecordedSince);
  const isAway = useOutage() !== null;
  // Ingest repeats the full set every 5 s; what was not repeated for 15 s is no longer known.
  const fresh = provisional !== null && now !== null && now - provisional.at < 15_000 ? provisional.alerts : [];
  if (since === null && fresh.length === 0) return null;
  return (
    <section className={styles.notRecorded} role="alert">
      <h2>NOT RECORDED{since !== null && ` SINCE ${timeWithSeconds(since)}`}</h2>
      <p>
        {isAway
          ? 'The database does not answer. Pumps keep their records and send them again; alerts can’t be accepted here until it is back: agree by phone who has which.'
          : 'What pumps send now can’t be written to the database. They keep their records and send them again; alerts that are recorded can be accepted, those below not yet: agree by phone who has which.'}
      </p>
      {fresh.length > 0 && (
        <ul>
          {fresh.map((alert) => (
            <li key={alert.id}>
              <PriorityMark priority={alert.priority} /> <strong>{alert.message}</strong> {alert.pump}{' '}
              <span className="muted">not recorded yet{now !== null && `, for ${duration(now - alert.raisedAt)}`}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
