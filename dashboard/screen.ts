import { elapsedClock } from '#schemas/elapsed-clock.ts';
import type { Watch } from './live/watch.ts';
import { connectLive, type Live } from './live.ts';
import { needsSomebody, signalOf } from './sound/signal.ts';
import { createSound, type Sound } from './sound/sound.ts';
import { type BoardAlert, createDashboardStore, type Store } from './store.ts';

/** What one signed-in screen keeps running. */
export type Screen = { store: Store; live: Live; sound: Sound; close: () => void };

/** The tab's title: what needs somebody, or that the screen can't be trusted. */
export function titleOf(watch: Watch, alerts: readonly BoardAlert[]): string {
  if (watch.at === 'not-monitored') return '⛔ NOT MONITORED – Dripwatch';
  if (watch.at === 'stale') return '⚠ STALE – Dripwatch';
  const open = alerts.filter(needsSomebody);
  if (open.length === 0) return 'Dripwatch';
  const high = open.filter((alert) => alert.priority === 'high').length;
  return high > 0 ? `(${open.length}) ▲ ${high} HIGH – Dripwatch` : `(${open.length}) Dripwatch`;
}

/** NOT MONITORED sounds at a desk and on a wall. On a phone it is the red screen, and the server calls. */
const isPhone = (): boolean => window.matchMedia('(pointer: coarse) and (max-width: 599px)').matches;

/** @param onLost the live link broke; perhaps the session ended */
export function startScreen(onLost: () => void): Screen {
  const monotonic = () => performance.now();
  // A laptop that slept shows how old its numbers are, from the first moment: before any frame, and before the watchdog's.
  const store = createDashboardStore(elapsedClock(monotonic, () => Date.now()));
  const sound = createSound(monotonic);
  const phone = isPhone();

  function onBeat(watch: Watch): void {
    const alerts = [...store.alerts.rows()];
    const title = titleOf(watch, alerts);
    if (document.title !== title) document.title = title;
    sound.beat(signalOf(watch, alerts, phone));
  }

  const { protocol, host } = location;
  const url = `${protocol === 'https:' ? 'wss:' : 'ws:'}//${host}/api/v1/live`;
  const live = connectLive({ store, url, onBeat, onLost });
  return {
    store,
    live,
    sound,
    close() {
      live.close();
      sound.close();
      document.title = 'Dripwatch';
    },
  };
}
