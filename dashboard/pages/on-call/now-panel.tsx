import type { OnCallNow } from '#schemas/http/on-call.ts';
import { At } from '../../components/age.tsx';
import { Panel } from '../../components/facts.tsx';
import { plain, plural } from '../../words.ts';
import styles from './on-call-page.module.css';

type Person = NonNullable<OnCallNow['schedules'][number]['now']>;

/** Who it is now and next and until when, and whether they can be reached. */
export function NowPanel({ now }: { now: OnCallNow }) {
  return (
    <Panel title="Now">
      <ul className={styles.now}>
        {now.schedules.map((schedule) => (
          <li key={schedule.id}>
            <span className="muted">{schedule.name}</span>
            <strong className={styles.who}>{schedule.now === null ? 'Nobody' : schedule.now.name}</strong>
            <span>
              {schedule.until === null ? (
                'until this is changed'
              ) : (
                <>
                  until <At at={schedule.until} />
                </>
              )}
              {schedule.override !== null && ' · override'}
            </span>
            <span>{schedule.now === null ? 'Nobody is asked here; the next step is.' : reachWords(schedule.now)}</span>
            {schedule.until !== null && (
              <span className="muted">
                then {schedule.next === null ? 'nobody' : schedule.next.name}
                {schedule.next !== null && !schedule.next.reachable && ', who is not reachable yet'}
              </span>
            )}
          </li>
        ))}
      </ul>
      <p className="muted">
        {now.watching.people === 0
          ? 'Nobody is watching a screen.'
          : `${plural(now.watching.people, 'person', 'people')} watching a screen.`}
      </p>
    </Panel>
  );
}

function reachWords({ reachable, watching, answered }: Person) {
  const ways = [...(watching ? ['a screen they watch'] : []), ...answered.map(plain)];
  if (!reachable) return <strong>Not reachable: no watched screen, and nothing that answered a test</strong>;
  return `Reachable by ${ways.join(', ')}`;
}
