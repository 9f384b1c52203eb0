import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { Mistrust } from '../../components/mistrust.tsx';
import { PriorityMark } from '../../components/priority-mark.tsx';
import { useBoard, useNow, usePump, useServices, useSituation } from '../../services.tsx';
import { count, duration, plural, shortAge, timeOfDay } from '../../words.ts';
import { type AlertGroup, groupAlerts } from '../alerts/alert-order.ts';
import { Drug, Harm, Responsibility, Since } from '../alerts/alert-words.tsx';
import styles from './wall-page.module.css';

/** Rows that can be read from across a room; what is beyond them is counted, since nobody scrolls a wall. */
const mostRows = 8;

/** The wall display: the board in large type, without names of patients and without anything to press. */
export function WallPage() {
  const board = useBoard();
  const loaded = useSituation((situation) => situation.loaded || situation.feedEpoch !== null);
  const watch = useSituation(({ watch: now }) => now.at);
  const { urgent, low, ended } = useMemo(() => {
    const active = board.filter(({ condition }) => condition === 'active');
    return {
      urgent: groupAlerts(active.filter(({ priority }) => priority !== 'low')),
      low: active.filter(({ priority }) => priority === 'low').length,
      ended: board.filter(({ condition }) => condition === 'ended').length,
    };
  }, [board]);
  useSoundOfWall();
  return (
    <div className={styles.wall}>
      <WallBar />
      <main className={styles.main} data-untrusted={watch === 'stale' || watch === 'not-monitored'}>
        <h1 className="visually-hidden">Alerts</h1>
        <Mistrust untouched />
        <ul className={styles.rows}>
          {urgent.slice(0, mostRows).map((group) => (
            <WallRow key={group.key} group={group} />
          ))}
        </ul>
        {loaded && urgent.length === 0 && <WallEmpty />}
        <p className={styles.more}>
          {urgent.length > mostRows && <strong>and {plural(urgent.length - mostRows, 'more card')} · </strong>}
          {ended > 0 && `${count(ended)} ended, not yet seen · `}
          {low > 0 && `${count(low)} on the day’s list`}
        </p>
      </main>
    </div>
  );
}

function WallRow({ group: { lead, rest } }: { group: AlertGroup }) {
  const pump = usePump(lead.pump);
  return (
    <li className={styles.row} data-priority={lead.priority} data-taken={lead.responsibility === 'accepted'}>
      <span className={styles.mark}>
        <PriorityMark priority={lead.priority} accepted={lead.responsibility === 'accepted'} />
      </span>
      <strong className={styles.message}>
        {lead.message}
        {rest.length > 0 && <span className={styles.plus}> and {rest.length} more</span>}
      </strong>
      <span>
        <Drug name={lead.drug ?? pump?.drug ?? null} alert={lead} /> · {lead.pump ?? 'no pump'}
      </span>
      <span>
        <Responsibility alert={lead} />
      </span>
      <span className={styles.since}>
        <Harm alert={lead} short />
        <Since alert={lead} />
      </span>
    </li>
  );
}

/** Whether this screen can be trusted, as large as everything else. */
function WallBar() {
  const watch = useSituation(({ watch: now }) => now);
  const tick = useSituation((situation) => situation.tick);
  const now = useNow();
  const { sound } = useServices();
  const heard = useStore(sound.state);
  const words = { connecting: 'CONNECTING', watching: 'WATCHING', stale: 'STALE', 'not-monitored': 'NOT MONITORED' };
  const age = tick === null || tick.pathAgeMs === null || now === null ? null : tick.pathAgeMs + (now - tick.at);
  return (
    <header className={styles.bar} data-watch={watch.at}>
      <p role="status">
        <strong>{words[watch.at]}</strong>
        {(watch.at === 'stale' || watch.at === 'not-monitored') && ` for ${duration(watch.forMs)}`}
      </p>
      {watch.at === 'watching' && tick !== null && (
        <p>
          fleet {count(tick.fleet.pumps)} · silent {count(tick.fleet.silent)}
          {age !== null && ` · last record ${shortAge(age)} ago`}
        </p>
      )}
      <p className={styles.right}>
        {heard.at === 'on' ? '♪ on' : '♪ off: press any key'} · display{now !== null && ` · ${timeOfDay(now, now)}`}
      </p>
    </header>
  );
}

function WallEmpty() {
  const watch = useSituation(({ watch: now }) => now.at);
  const tick = useSituation((situation) => situation.tick);
  if (watch !== 'watching' || tick === null || !tick.db.up) return null;
  return (
    <p className={styles.empty}>
      Nobody needs you.
      <span>{plural(tick.fleet.pumps, 'pump')} watched.</span>
    </p>
  );
}

/** Sound without anything to press: at once where the browser allows it, else with the first key or touch of anybody. */
function useSoundOfWall(): void {
  const { sound } = useServices();
  useEffect(() => {
    sound.armIfAllowed();
    const arm = () => {
      if (sound.state.getState().at === 'off') sound.arm();
    };
    document.addEventListener('pointerdown', arm);
    document.addEventListener('keydown', arm);
    return () => {
      document.removeEventListener('pointerdown', arm);
      document.removeEventListener('keydown', arm);
    };
  }, [sound]);
}
