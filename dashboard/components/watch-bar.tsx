import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useStore } from 'zustand';
import { useOnCall } from '../on-call.ts';
import { useMay, useNow, useServices, useSituation } from '../services.tsx';
import { applyTheme, readTheme, type Theme } from '../theme.ts';
import { count, duration, plain, shortAge, timeOfDay } from '../words.ts';
import { Refusal, useSending } from './form.tsx';
import styles from './watch-bar.module.css';

/** Always in sight: whether this screen can be trusted, how large the fleet is, how old the newest record. */
export function WatchBar({ onHelp, onLogCall }: { onHelp: () => void; onLogCall: (() => void) | null }) {
  const watch = useSituation((situation) => situation.watch);
  const tick = useSituation((situation) => situation.tick);
  const now = useNow();
  const { session } = useServices();
  const [location] = useLocation();
  const pathMs = tick === null || tick.pathAgeMs === null || now === null ? null : tick.pathAgeMs + (now - tick.at);
  return (
    <header className={styles.bar} data-watch={watch.at}>
      <p className={styles.word} role="status">
        <span aria-hidden="true" className={styles.dot} />
        {watch.at === 'watching' && 'WATCHING'}
        {watch.at === 'connecting' && 'CONNECTING'}
        {watch.at === 'stale' && 'STALE'}
        {watch.at === 'not-monitored' && 'NOT MONITORED'}
      </p>
      {(watch.at === 'stale' || watch.at === 'not-monitored') && (
        <p className={styles.facts}>
          {watch.because === 'frame' ? 'Nothing from the server' : 'No record came through'} for {duration(watch.forMs)}
        </p>
      )}
      {watch.at === 'watching' && tick !== null && (
        <p className={styles.facts}>
          <span>fleet {count(tick.fleet.pumps)}</span>
          <span>silent {count(tick.fleet.silent)}</span>
          {pathMs !== null && <span>last record {shortAge(pathMs)} ago</span>}
          <OnCallNow />
        </p>
      )}
      {watch.at === 'connecting' && <p className={styles.facts}>waiting for the first trusted record</p>}
      <div className={styles.right} data-screen-only>
        {onLogCall !== null && (
          <button type="button" onClick={onLogCall} className={styles.sound}>
            <span aria-hidden="true">☎</span>
            <span className={styles.logCall}> Log a call</span>
          </button>
        )}
        <SoundSwitch />
        {/* Closed again on the page that it led to. */}
        <details key={location} className={styles.you} name="you">
          <summary>
            <span className={styles.name}>{session.user.name}</span>
            <span className={styles.initials} aria-hidden="true">
              {initialsOf(session.user.name)}
            </span>
          </summary>
          <div className={styles.menu}>
            <p>
              {session.user.name}
              <br />
              <span className="muted small">
                {plain(session.user.role)} · {session.user.email}
              </span>
            </p>
            <HowReached />
            <ThemeChoice />
            <button type="button" onClick={onHelp}>
              Keyboard help
            </button>
            <SignOut />
          </div>
        </details>
      </div>
    </header>
  );
}

/** The schedule that clinicians look at; there is always one of this id. */
const clinicalSchedule = 'clinical';

/** `on call: M. Okafor until 07:00`; nobody is said as loudly as somebody. */
function OnCallNow() {
  const onCall = useOnCall();
  const now = useNow();
  const clinical = onCall?.schedules.find(({ id }) => id === clinicalSchedule) ?? onCall?.schedules[0];
  if (clinical === undefined) return null;
  const until = clinical.until === null || now === null ? '' : ` until ${timeOfDay(Date.parse(clinical.until), now)}`;
  return (
    <span>
      on call: {clinical.now === null ? <strong>nobody</strong> : clinical.now.name}
      {until}
      {clinical.now !== null && !clinical.now.reachable && <strong> (not reachable)</strong>}
    </span>
  );
}

function initialsOf(name: string): string {
  return name
    .split(/[\s.]+/)
    .map((part) => part.charAt(0))
    .join('')
    .slice(0, 3);
}

function SoundSwitch() {
  const { sound } = useServices();
  const state = useStore(sound.state);
  useNow();
  const left = state.at === 'paused' ? Math.max(0, state.until - performance.now()) : 0;
  if (state.at === 'off') {
    return (
      <button type="button" onClick={sound.arm} className={styles.sound}>
        <span aria-hidden="true">♪</span> <span className={styles.soundWord}>Sound </span>off
        <span className={styles.more}> – turn on</span>
      </button>
    );
  }
  if (state.at === 'paused') {
    return (
      <button type="button" onClick={sound.arm} className={styles.sound}>
        <span aria-hidden="true">♪</span> Paused, {duration(left)}
        <span className={styles.more}> – resume</span>
      </button>
    );
  }
  return (
    <button type="button" onClick={sound.pause} className={styles.sound}>
      <span aria-hidden="true">♪</span> <span className={styles.soundWord}>Sound </span>on
      <span className={styles.more}> – pause 2 min</span>
    </button>
  );
}

function SignOut() {
  const { signOut } = useServices();
  const { busy, away, error, send } = useSending();
  return (
    <>
      <button type="button" aria-disabled={away} disabled={busy} onClick={() => void send(signOut)}>
        Sign out
      </button>
      <Refusal error={error} what="You are still signed in." />
    </>
  );
}

function HowReached() {
  return useMay('reach.own') ? <Link href="/reach">How I am reached</Link> : <EverybodyLink />;
}

function EverybodyLink() {
  return useMay('reach.read') ? <Link href="/reach/everybody">Who can be reached</Link> : null;
}

function ThemeChoice() {
  const [theme, setTheme] = useState<Theme>(readTheme);
  return (
    <fieldset className={styles.theme}>
      <legend className="small muted">Light and dark</legend>
      {(['auto', 'light', 'dark'] as const).map((choice) => (
        <button
          key={choice}
          type="button"
          aria-pressed={theme === choice}
          onClick={() => {
            applyTheme(choice);
            setTheme(choice);
          }}
        >
          {choice}
        </button>
      ))}
    </fieldset>
  );
}
