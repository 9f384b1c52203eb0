// A simulated pump on the network: the state machine of pump.ts, driven by real time, writing through a device.
import { type Device, type DeviceDeps, newDevice } from './device.ts';
import type { ClockFault } from './faults/clock.ts';
import type { WireFaults } from './faults/wire.ts';
import { factoryLibrary } from './library/factory.ts';
import type { LibraryOffer, LibraryShelf } from './library/shelf.ts';
import { type Advance, advancePump, nextMoment, type PumpRules, rebootPump } from './pump.ts';
import { readPumpState } from './pump-file.ts';
import { newPump, type PumpInput, type PumpState } from './pump-state.ts';
import { between } from './random.ts';
import type { TruthLog } from './truth.ts';

export type SimPumpDeps = Omit<DeviceDeps, 'base' | 'bootedAt' | 'versions' | 'installed' | 'sampleEveryS'> & {
  rules: PumpRules;
  truth: TruthLog;
  seed: number;
  n: number;
  /** Hours of therapy that a new pump has behind it; written to its journal at the start, as backlog. */
  historyHours: number;
  /** A new pump's first therapy starts within this time, ms. */
  startWithinMs: number;
  /** How fast the pump's own time runs; above 1 it starts in the past and ends at now. */
  speed: number;
  /** Own time to run, ms; never stops when null. */
  spanMs: number | null;
};

export type SimPump = {
  readonly id: string;
  readonly device: Device;
  readonly state: PumpState;
  /** True once its span is over or generation was stopped. */
  readonly finished: boolean;
  start(): void;
  input(input: PumpInput): void;
  /** An input to come, in ms of the pump's own time from now. */
  plan(afterMs: number, input: PumpInput): void;
  reboot(): void;
  loseJournal(): void;
  disturbClock(fault: ClockFault): void;
  setWire(faults: WireFaults): void;
  goOffline(ms: number): void;
  /** Without power for a while, at once or once it has taken this part of a library. */
  losePower(offMs: number, atPart?: number): void;
  /** Stops making records; the link goes on until everything is acknowledged. */
  stop(): void;
  close(): Promise<void>;
};

/** Cadence of samples in history that was never live: a minute is enough for a chart. */
const historyCadenceMs = 60_000;
const dayMs = 24 * 3_600_000;

/** @returns a pump at rest; `start` powers it up */
export function newSimPump(deps: SimPumpDeps): SimPump {
  const { journal, scheduler } = deps;
  const rules: PumpRules = {
    ...deps.rules,
    libraries: (version) => deps.shelf.find(version) ?? factoryLibrary(version),
  };
  const kept = readPumpState(journal.state);
  let beganWorld = deps.world();
  const backMs = deps.speed > 1 ? (deps.spanMs ?? 0) : 0;
  const historyMs = kept ? 0 : deps.historyHours * 3_600_000;
  // A new pump's own time began before its history; a known pump's stood still while it was off.
  let base = beganWorld - backMs - historyMs - (kept?.t ?? 0);
  let state = kept ?? firstState();
  const endsAt = deps.spanMs === null ? Number.POSITIVE_INFINITY : state.t + historyMs + deps.spanMs;
  const startedOwn = state.t + historyMs;
  let cancel: (() => void) | null = null;
  let finished = false;

  function firstState(): PumpState {
    const seeded = { rng: deps.seed ^ Math.imul(deps.n + 1, 0x27d4eb2f) };
    const within = historyMs > 0 ? historyMs * 0.8 : deps.startWithinMs;
    const fresh = newPump(deps.seed, deps.n, Math.round(between(seeded, 0, within)));
    return { ...fresh, midnightMs: ((base % dayMs) + dayMs) % dayMs };
  }

  let powerGoesAt: { part: number; offMs: number } | null = null;

  /** Takes a part of a library; where a fault is armed, the power goes once the part is written, and nobody is answered. */
  function takePart(offer: LibraryOffer): ReturnType<LibraryShelf['take']> {
    const taken = deps.shelf.take(offer);
    const armed = powerGoesAt;
    if (armed && (offer.args.part >= armed.part || offer.args.part === offer.args.parts)) {
      powerGoesAt = null;
      losePower(armed.offMs, { library: offer.args.version, part: offer.args.part, parts: offer.args.parts });
      return { ...taken, complete: null };
    }
    return taken;
  }

  const device = newDevice({
    ...deps,
    base: () => base,
    shelf: { ...deps.shelf, take: takePart },
    bootedAt: () => state.bootedAt,
    versions: () => ({ firmware: state.firmware, libraryVersion: state.libraryVersion }),
    sampleEveryS: rules.settings.cadenceMs / 1000,
    installed: (what, version) =>
      input(what === 'library' ? { do: 'install-library', version } : { do: 'install-firmware', version }),
  });

  /** Own time that may be simulated by now. */
  const allowed = () => {
    const elapsed = (deps.world() - beganWorld) * Math.max(1, deps.speed);
    return Math.min(endsAt, startedOwn + (deps.speed > 1 ? elapsed : deps.world() - beganWorld));
  };

  const take = (advance: Advance) => {
    const before = state.libraryVersion;
    state = advance.next;
    if (state.libraryVersion !== before) deps.shelf.promote(state.libraryVersion);
    for (const { t, ...truth } of advance.truth) deps.truth.write({ ...truth, at: base + t, pump: deps.id });
    if (advance.records.length > 0) device.write(advance.records, state);
  };

  const input = (given: PumpInput) => {
    if (finished) return;
    take(advancePump(state, allowed(), rules));
    take(advancePump(state, state.t, rules, [given]));
    planNext();
  };

  const run = () => {
    cancel = null;
    if (finished) return;
    // In slices: a pump that catches up must not hold the others.
    const to = Math.min(allowed(), state.t + 3_600_000);
    if (to > state.t) take(advancePump(state, to, rules));
    if (state.t >= endsAt) finished = true;
    planNext();
  };

  const planNext = () => {
    cancel?.();
    cancel = null;
    if (finished) return;
    const ownMs = Math.min(nextMoment(state), endsAt) - allowed();
    const waitMs = Math.max(0, deps.speed > 1 ? Math.max(ownMs / deps.speed, 20) : ownMs);
    cancel = scheduler.at(scheduler.now() + waitMs, run);
  };

  /** The pump is off: its own time stands still, and what was not written is gone. */
  const losePower = (offMs: number, detail: Record<string, unknown> = {}) => {
    take(advancePump(state, allowed(), rules));
    truth('power-loss', { phase: 'start', offMs, ...detail });
    cancel?.();
    cancel = null;
    device.link.cut(offMs);
    cancel = scheduler.at(scheduler.now() + offMs, () => {
      base += offMs;
      beganWorld += offMs;
      deps.shelf.losePower();
      truth('power-loss', { phase: 'end' });
      powerUp();
    });
  };

  /** A boot; a library that came in whole just before is still to be installed. */
  const powerUp = () => {
    journal.nextBoot();
    take(rebootPump(state, rules));
    const waits = deps.shelf.waiting();
    if (waits !== null && waits !== state.pendingLibrary) input({ do: 'install-library', version: waits });
    planNext();
  };

  const now = () => deps.world();
  const truth = (fault: string, detail: Record<string, unknown> = {}) =>
    deps.truth.write({ at: now(), pump: deps.id, fault, ...detail });

  return {
    id: deps.id,
    device,
    get state() {
      return state;
    },
    get finished() {
      return finished;
    },
    start() {
      if (rules.libraries?.(state.libraryVersion) == null) {
        // Its library can't be read any more: it goes by what it came with, and says so.
        take(advancePump(state, state.t, rules, [{ do: 'factory-library' }]));
      }
      powerUp();
      if (historyMs > 0) {
        const sparse = { ...rules, settings: { ...rules.settings, cadenceMs: historyCadenceMs } };
        take(advancePump(state, historyMs, sparse));
        state = { ...state, sampleAt: state.t };
      }
      device.link.connect();
      run();
    },
    input,
    plan(afterMs, given) {
      const later = [...state.plan, { t: Math.round(state.t + afterMs), input: given }];
      state = { ...state, plan: later.sort((a, b) => a.t - b.t) };
      planNext();
    },
    reboot() {
      truth('reboot');
      powerUp();
      device.link.restart();
    },
    loseJournal() {
      const { epoch, last, upTo } = journal;
      truth('journal-loss', { epoch, last, acknowledged: upTo });
      device.loseJournal();
    },
    disturbClock(fault) {
      truth('clock', { ...fault });
      device.disturbClock(fault);
    },
    setWire(faults) {
      truth('wire', { ...faults });
      device.link.faults = faults;
    },
    goOffline(ms) {
      truth('offline', { phase: 'start', forMs: ms });
      device.link.cut(ms);
    },
    losePower(offMs, atPart) {
      if (atPart === undefined) losePower(offMs);
      else powerGoesAt = { part: atPart, offMs };
    },
    stop() {
      finished = true;
      cancel?.();
    },
    async close() {
      finished = true;
      cancel?.();
      await device.close();
    },
  };
}
