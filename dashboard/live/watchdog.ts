import type { Watch } from './watch.ts';

export type ToWatchdog =
  | { type: 'frame' }
  | { type: 'tick'; at: number; pathAgeMs: number | null }
  | { type: 'wake'; id: number; afterMs: number };
export type FromWatchdog = { type: 'beat'; watch: Watch } | { type: 'woke'; id: number };

/** Judges the age of what is on screen, apart from the page's own throttled timers. */
export type Watchdog = {
  frame: () => void;
  tick: (at: number, pathAgeMs: number | null) => void;
  /** A timer that also runs on time in a background tab. Returns its cancel. */
  wakeAfter: (afterMs: number, then: () => void) => () => void;
  close: () => void;
};

/**
 * Starts the watchdog's Worker.
 * @param onBeat called twice a second and with every frame
 * @param onBroken the Worker could not run: nobody judges the age of the screen any more
 */
export function startWatchdog(onBeat: (watch: Watch) => void, onBroken: (reason: string) => void): Watchdog {
  const worker = new Worker(new URL('./watchdog.worker.ts', import.meta.url), { type: 'module' });
  const waiting = new Map<number, () => void>();
  let nextId = 1;
  const post = (message: ToWatchdog) => worker.postMessage(message);

  worker.addEventListener('message', (event: MessageEvent<FromWatchdog>) => {
    const message = event.data;
    if (message.type === 'beat') return onBeat(message.watch);
    const then = waiting.get(message.id);
    waiting.delete(message.id);
    then?.();
  });
  worker.addEventListener('error', (event) => onBroken(event.message || 'the watchdog could not start'));

  return {
    frame: () => post({ type: 'frame' }),
    tick: (at, pathAgeMs) => post({ type: 'tick', at, pathAgeMs }),
    wakeAfter(afterMs, then) {
      const id = nextId++;
      waiting.set(id, then);
      post({ type: 'wake', id, afterMs });
      return () => waiting.delete(id);
    },
    close: () => worker.terminate(),
  };
}
