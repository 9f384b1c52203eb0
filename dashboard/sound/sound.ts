import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Priority } from '#schemas/messages/record.ts';
import { burst, burstEveryMs } from './pulses.ts';

/** Sound of this viewer alone; it never hides an alert. */
export type SoundState = { at: 'off' } | { at: 'on' } | { at: 'paused'; until: number };

export type Sound = {
  state: StoreApi<SoundState>;
  /** Arms the sound; must be called from a gesture. Plays the low signal, so that it is known to be heard. */
  arm: () => void;
  /** Arms the sound where the browser allows it without a gesture, as on a wall that was set up for it. */
  armIfAllowed: () => void;
  /** Silence that ends by itself. */
  pause: () => void;
  off: () => void;
  /** Called twice a second: sounds what is due. `null`: nothing needs a sound. */
  beat: (needed: Priority | null) => void;
  close: () => void;
};

/** How long an audio pause lasts. */
export const pauseMs = 120_000;

/** @param now milliseconds of this device's monotonic clock */
export function createSound(now: () => number): Sound {
  const state = createStore<SoundState>(() => ({ at: 'off' }));
  let context: AudioContext | null = null;
  let last: { priority: Priority; at: number } | null = null;

  function open(): AudioContext {
    if (context !== null) return context;
    const opened = new AudioContext();
    // The device may take the sound away, as a phone does for a call: then it must not say that it is on.
    opened.addEventListener('statechange', () => {
      if (opened.state !== 'running' && opened.state !== 'closed') state.setState({ at: 'off' }, true);
    });
    context = opened;
    return opened;
  }

  function play(priority: Priority): void {
    if (context === null) return;
    const start = context.currentTime + 0.05;
    for (const pulse of burst(priority)) {
      const gain = context.createGain();
      const from = start + pulse.startMs / 1000;
      const to = from + pulse.durationMs / 1000;
      gain.gain.setValueAtTime(0, from);
      gain.gain.linearRampToValueAtTime(0.25, from + 0.02);
      gain.gain.setValueAtTime(0.25, to - 0.03);
      gain.gain.linearRampToValueAtTime(0, to);
      gain.connect(context.destination);
      // The standard asks for a fundamental with at least four harmonics, so that it carries and can be located.
      for (const harmonic of [1, 2, 3, 4, 5]) {
        const oscillator = context.createOscillator();
        const level = context.createGain();
        oscillator.frequency.value = pulse.frequencyHz * harmonic;
        level.gain.value = 1 / (harmonic + 1);
        oscillator.connect(level).connect(gain);
        oscillator.start(from);
        oscillator.stop(to);
      }
    }
  }

  return {
    state,
    arm() {
      const armed = open();
      void armed.resume();
      state.setState({ at: 'on' }, true);
      last = null;
      play('low');
    },
    armIfAllowed() {
      if (open().state === 'running') state.setState({ at: 'on' }, true);
    },
    pause: () => state.setState({ at: 'paused', until: now() + pauseMs }, true),
    off: () => state.setState({ at: 'off' }, true),
    beat(needed) {
      const current = state.getState();
      if (current.at === 'paused' && now() >= current.until) state.setState({ at: 'on' }, true);
      if (needed === null) {
        last = null;
        return;
      }
      if (state.getState().at !== 'on') return;
      const every = burstEveryMs[needed];
      const due = last === null || last.priority !== needed || (every !== null && now() - last.at >= every);
      if (!due) return;
      last = { priority: needed, at: now() };
      play(needed);
    },
    close: () => void context?.close(),
  };
}
