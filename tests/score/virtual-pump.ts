// A simulated pump on the virtual clock: the state machine of firmware-sim, a journal that numbers its records, and a link
// that sends them one message after the other, alarms first, as the real one does.
import {
  type ClockFault,
  disturbClock,
  shownTime,
  trueClock,
  type WallClock,
} from '../../firmware-sim/faults/clock.ts';
import { type Advance, advancePump, type PumpRules, rebootPump } from '../../firmware-sim/pump.ts';
import { beginPhase, endSegment } from '../../firmware-sim/pump-delivery.ts';
import { newPump, type PumpInput, type PumpSettings, type PumpState } from '../../firmware-sim/pump-state.ts';
import { emit, type TruthNote, type Work } from '../../firmware-sim/pump-work.ts';
import { between, type Seeded, seedOf } from '../../firmware-sim/random.ts';
import type { TimedDraft } from '../../firmware-sim/record-draft.ts';
import type { Therapy } from '../../firmware-sim/therapies.ts';

export type Lane = 'telemetry' | 'alarm' | 'event';
/** One message as it arrives. A body that is text is sent as it is. Times are ms since 1970 of the virtual clock. */
export type Sent = { at: number; pump: string; lane: Lane | 'hello'; body: object | string };
/** A record without its place in the journal. */
export type Body = { kind: string; [field: string]: unknown };
/** What becomes of a record before it is written: as it is, changed, more of it, or nothing. */
export type Alter = (draft: TimedDraft, at: number) => readonly Body[];

export type VirtualPumpGiven = {
  id: string;
  seed: number;
  n: number;
  therapies: readonly Therapy[];
  settings: PumpSettings;
  /** Moment of power-up, and how long after it the first therapy starts, ms. */
  onAt: number;
  startAfterMs: number;
  libraryVersion?: string | null;
  /** The limits that the pump itself enforces; absent: those that it came with. */
  libraries?: PumpRules['libraries'];
  alter?: Alter;
  /** Changes what the pump is before it is switched on: its battery, its line. */
  prepare?: (state: PumpState) => void;
};

type Entry = { seq: number; kind: string; text: Body };

const maxBatch = 200;

export class VirtualPump {
  readonly id: string;
  state: PumpState;
  rules: PumpRules;
  epoch: string;
  boot = 1;
  alter: Alter | null;
  /** Truth of what happened, in the virtual clock's time. */
  readonly truth: (Omit<TruthNote, 't'> & { at: number; fault: string })[] = [];
  /** Records that are written and never sent, until the platform asks for them. */
  withheld: Entry[] = [];
  /** Whether it answers when it is asked for what is missing. */
  answers = true;
  #libraryVersion: string | null | undefined;
  #base: number;
  #seq = 0;
  #clock: WallClock = trueClock;
  #offlineUntil = 0;
  #withholding = 0;
  #pending: Entry[] = [];
  #lastArrival = 0;
  readonly #link: Seeded;
  readonly #out: Sent[] = [];

  constructor(given: VirtualPumpGiven) {
    this.id = given.id;
    this.rules = {
      settings: given.settings,
      therapies: given.therapies,
      ...(given.libraries && { libraries: given.libraries }),
    };
    this.alter = given.alter ?? null;
    this.#libraryVersion = given.libraryVersion;
    this.#base = given.onAt;
    this.#link = { rng: seedOf(given.seed ^ 0x51ed, given.n) };
    this.epoch = newEpoch(this.#link);
    this.state = newPump(given.seed, given.n, given.startAfterMs);
    given.prepare?.(this.state);
    this.#hello(given.onAt);
    this.#take(rebootPump(this.state, this.rules));
  }

  /** The virtual clock, as far as this pump has come. */
  get at(): number {
    return this.#base + this.state.t;
  }

  /** Runs to a moment. @returns what arrives at the platform, in order */
  advance(to: number): Sent[] {
    this.#take(advancePump(this.state, to - this.#base, this.rules));
    if (to >= this.#offlineUntil) this.#reconnect();
    return this.#out.splice(0);
  }

  /** Something is done to it now. */
  input(...inputs: readonly PumpInput[]): void {
    this.#take(advancePump(this.state, this.state.t, this.rules, inputs));
  }

  /** Whatever its journal may say wrongly: records that no state machine wrote. */
  write(...bodies: readonly Body[]): void {
    this.#send(
      this.at,
      bodies.map((body) => this.#entry(this.state.t, body)),
    );
  }

  /** A payload that is no batch. */
  sendText(lane: Lane, text: string): void {
    this.#out.push({ at: this.#arrival(this.at), pump: this.id, lane, body: text });
  }

  reboot(): void {
    this.boot += 1;
    this.#hello(this.at);
    this.#take(rebootPump(this.state, this.rules));
  }

  loseJournal(): void {
    const previousEpoch = this.epoch;
    this.epoch = newEpoch(this.#link);
    this.#seq = 0;
    this.#pending = [];
    this.#hello(this.at, previousEpoch);
  }

  disturbClock(fault: ClockFault): void {
    this.#clock = disturbClock(this.#clock, fault, this.at);
  }

  goOffline(ms: number): void {
    this.#offlineUntil = this.at + ms;
  }

  /** The next `count` records stay in the journal. */
  withhold(count: number): void {
    this.#withholding = count;
  }

  /** The platform asks for what is missing. */
  backfill(): void {
    if (!this.answers || this.at < this.#offlineUntil) return;
    for (const batch of batches(this.withheld)) this.#sendBatch(this.at, 'telemetry', batch);
    this.withheld = [];
  }

  /** Somebody programmes the running infusion anew. */
  reprogramme(therapy: Therapy, withRecord = true): void {
    const w: Work = { s: structuredClone(this.state), ...this.rules, out: [], truth: [] };
    const { infusion, run } = w.s;
    if (!infusion || run.at !== 'flowing') throw new RangeError(`${this.id} does not deliver`);
    endSegment(w, 'stop', 'transition');
    infusion.programme = therapy.programme;
    infusion.phases = therapy.phases;
    if (withRecord) {
      const libraryVersion = w.s.libraryVersion;
      emit(w, { kind: 'programme', infusion: infusion.number, libraryVersion, ...therapy.programme });
    }
    beginPhase(w, 0);
    this.#take({ next: w.s, records: w.out, truth: w.truth });
  }

  #take(advance: Advance): void {
    this.state = advance.next;
    for (const { t, ...note } of advance.truth) this.truth.push({ ...note, at: this.#base + t });
    let moment: Entry[] = [];
    let at = 0;
    for (const record of advance.records) {
      if (record.t !== at && moment.length > 0) {
        this.#send(this.#base + at, moment);
        moment = [];
      }
      at = record.t;
      const bodies = this.alter ? this.alter(record, this.#base + at) : [record.draft];
      for (const body of bodies) moment.push(this.#entry(at, body));
    }
    if (moment.length > 0) this.#send(this.#base + at, moment);
  }

  #entry(t: number, body: Body): Entry {
    this.#seq += 1;
    const text: Body = {
      kind: body.kind,
      seq: this.#seq,
      at: new Date(shownTime(this.#clock, this.#base + t)).toISOString(),
      uptimeMs: Math.max(0, Math.round(t - this.state.bootedAt)),
      boot: this.boot,
    };
    Object.assign(text, body);
    if (body.kind === 'programme' && this.#libraryVersion !== undefined) text.libraryVersion = this.#libraryVersion;
    return { seq: this.#seq, kind: body.kind, text };
  }

  #send(at: number, entries: Entry[]): void {
    const sent: Entry[] = [];
    for (const entry of entries) {
      if (this.#withholding > 0) {
        this.#withholding -= 1;
        this.withheld.push(entry);
      } else sent.push(entry);
    }
    if (at < this.#offlineUntil) {
      this.#pending.push(...sent);
      return;
    }
    this.#reconnect();
    const urgent = sent.filter(isUrgent);
    if (urgent.length > 0) this.#sendBatch(at, 'alarm', urgent);
    for (const entry of sent) {
      if (!isUrgent(entry)) this.#sendBatch(at, entry.kind === 'sample' ? 'telemetry' : 'event', [entry]);
    }
  }

  #reconnect(): void {
    if (this.#offlineUntil === 0) return;
    const at = this.#offlineUntil;
    this.#offlineUntil = 0;
    this.#hello(at);
    const waited = this.#pending;
    this.#pending = [];
    for (const batch of batches(waited.filter(isUrgent))) this.#sendBatch(at, 'alarm', batch);
    for (const batch of batches(waited.filter((entry) => !isUrgent(entry)))) this.#sendBatch(at, 'telemetry', batch);
  }

  #sendBatch(at: number, lane: Lane, entries: readonly Entry[]): void {
    const body = {
      v: 1,
      epoch: this.epoch,
      boot: this.boot,
      ...this.#clocks(at),
      records: entries.map(({ text }) => text),
    };
    this.#out.push({ at: this.#arrival(at), pump: this.id, lane, body });
  }

  #hello(at: number, previousEpoch?: string): void {
    const { firmware, libraryVersion } = this.state;
    const body = {
      v: 1,
      epoch: this.epoch,
      ...(previousEpoch && { previousEpoch }),
      boot: this.boot,
      first: this.#seq > 0 ? 1 : 0,
      last: this.#seq,
      firmware,
      libraryVersion: this.#libraryVersion === undefined ? libraryVersion : this.#libraryVersion,
      sampleEveryS: this.rules.settings.cadenceMs / 1000,
      ...this.#clocks(at),
    };
    this.#out.push({ at: this.#arrival(at), pump: this.id, lane: 'hello', body });
  }

  #clocks(at: number) {
    return {
      sentAt: new Date(shownTime(this.#clock, at)).toISOString(),
      uptimeMs: Math.max(0, Math.round(at - this.#base - this.state.bootedAt)),
    };
  }

  /** One connection keeps the order. */
  #arrival(at: number): number {
    this.#lastArrival = Math.max(this.#lastArrival, Math.round(at + between(this.#link, 5, 250)));
    return this.#lastArrival;
  }
}

const isUrgent = ({ kind }: Entry) => kind === 'alarm' || kind === 'limit';

function batches(entries: readonly Entry[]): Entry[][] {
  const made: Entry[][] = [];
  for (let from = 0; from < entries.length; from += maxBatch) made.push(entries.slice(from, from + maxBatch));
  return made;
}

function newEpoch(seeded: Seeded): string {
  const digits = () =>
    Math.floor(between(seeded, 0, 0x1_0000_0000))
      .toString(16)
      .padStart(8, '0');
  return digits() + digits();
}
