import { useMemo } from 'react';
import { useSearchParams } from 'wouter';
import { Empty, Loading } from '../../components/states.tsx';
import { useAboutPlatform } from '../../components/technical-strip.tsx';
import { useBoard, useNow, useSituation } from '../../services.tsx';
import { count, plural, shortAge } from '../../words.ts';
import { groupAlerts, matches } from './alert-order.ts';
import styles from './alerts-page.module.css';
import { Board } from './board.tsx';
import { DayList } from './day-list.tsx';
import { EndedUnseen } from './ended-unseen.tsx';
import { LinkedAlert } from './linked-alert.tsx';

/** Home of the person on call: what needs somebody, who has what. `/?alert=ID` opens that card. */
export function AlertsPage() {
  const board = useBoard();
  const loaded = useSituation((situation) => situation.loaded || situation.feedEpoch !== null);
  const whole = useSituation((situation) => situation.loaded);
  const [params, setParams] = useSearchParams();
  const words = params.get('q') ?? '';
  const asked = params.get('alert');
  const { active, ended, urgent, forTheDay } = useMemo(() => {
    const isActive = board.filter(({ condition }) => condition === 'active');
    const groups = groupAlerts(words === '' ? isActive : isActive.filter((alert) => matches(alert, words)));
    return {
      active: isActive,
      ended: board.filter(({ condition }) => condition === 'ended'),
      urgent: groups.filter(({ lead, rest }) => [lead, ...rest].some(({ priority }) => priority !== 'low')),
      forTheDay: groups.filter(({ lead, rest }) => [lead, ...rest].every(({ priority }) => priority === 'low')),
    };
  }, [board, words]);
  const found = urgent.length + forTheDay.length;

  function say(name: 'q' | 'alert', value: string): void {
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === '') next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  }

  return (
    <>
      <header className={styles.header}>
        <h1>Alerts</h1>
        {active.length > 0 && (
          <input
            type="search"
            value={words}
            placeholder="Search (/)"
            aria-label="Search alerts"
            onChange={(event) => say('q', event.target.value)}
          />
        )}
      </header>
      {!loaded && <Loading what="alerts" />}
      {whole && asked !== null && !board.some(({ id }) => id === asked) && (
        <LinkedAlert key={asked} id={asked} onClose={() => say('alert', '')} />
      )}
      {loaded && urgent.length > 0 && <Board groups={urgent} label="Alerts" />}
      {loaded && found === 0 && words !== '' && (
        <Empty title="No alert matches">
          <button type="button" onClick={() => say('q', '')}>
            Show all {count(active.length)}
          </button>
        </Empty>
      )}
      {loaded && words === '' && urgent.length === 0 && <Nobody />}
      {loaded && forTheDay.length > 0 && (
        <DayList
          key={words}
          groups={forTheDay}
          asked={words !== '' || forTheDay.some(({ lead, rest }) => [lead, ...rest].some(({ id }) => id === asked))}
        />
      )}
      {ended.length > 0 && <EndedUnseen alerts={ended} />}
    </>
  );
}

/** Only a trusted screen may say that nobody is needed. */
function Nobody() {
  const watch = useSituation((situation) => situation.watch);
  const tick = useSituation((situation) => situation.tick);
  const now = useNow();
  const aboutPlatform = useAboutPlatform().length > 0;
  if (watch.at === 'watching' && tick !== null && tick.db.up && tick.pathAgeMs !== null && now !== null) {
    const age = tick.pathAgeMs + Math.max(0, now - tick.at);
    return (
      <Empty title={aboutPlatform ? 'No patient needs you. The platform does: see above.' : 'Nobody needs you.'}>
        <p>
          {plural(tick.fleet.pumps, 'pump')} watched, last record {shortAge(age)} ago.
        </p>
        {tick.fleet.silent > 0 && <p>{plural(tick.fleet.silent, 'pump')} silent: see Pumps.</p>}
      </Empty>
    );
  }
  return (
    <Empty title="No alert is known, but this is not an all-clear.">
      <p>{watch.at === 'connecting' ? 'Waiting for the first trusted record.' : 'The screen can’t be trusted now.'}</p>
    </Empty>
  );
}
