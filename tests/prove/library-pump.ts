// A light pump that takes libraries as the simulated one does (the same shelf), with a fate drawn from a seed.
import { type LibraryShelf, openShelf, type ReadLibraries } from '../../firmware-sim/library/shelf.ts';
import { memoryFiles } from '../../firmware-sim/library/shelf-files.ts';
import { between, pick } from '../../firmware-sim/random.ts';
import { JournalPump, type PumpAccount } from './journal-pump.ts';

/** What befalls a pump during the roll-out. */
export type Fate =
  | 'takes it'
  /** Its infusion ends after a while, and it installs it then. */
  | 'infusion ends'
  | 'infusion goes on'
  | 'power back'
  | 'power stays away'
  | 'never connects'
  | 'refuses';

/** 5 % lose their power in the middle: some come back, some stay away. */
const fates: { weight: number; value: Fate }[] = [
  { weight: 66, value: 'takes it' },
  { weight: 24, value: 'infusion ends' },
  { weight: 3, value: 'infusion goes on' },
  { weight: 3, value: 'power back' },
  { weight: 2, value: 'power stays away' },
  { weight: 1, value: 'never connects' },
  { weight: 1, value: 'refuses' },
];

const sampleEveryMs = 10_000;

export class LibraryPump {
  readonly fate: Fate;
  readonly pump: JournalPump;
  version: string;
  /** Parts that arrived, each arrival counted, and times that the power went. */
  parts = 0;
  powerLosses = 0;
  firstPartAt: number | null = null;
  readonly #shelf: LibraryShelf;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #losesAt: number;
  readonly #awayMs: number;
  readonly #infusionLeftMs: number;

  constructor(port: number, account: PumpAccount, version: string, rng: number, read: ReadLibraries) {
    const seeded = { rng };
    this.fate = pick(seeded, fates);
    this.version = version;
    this.#losesAt = Math.floor(between(seeded, 1, 4));
    this.#awayMs = between(seeded, 1_500, 8_000);
    this.#infusionLeftMs = between(seeded, 500, 5_000);
    this.#shelf = openShelf(memoryFiles(), read);
    const startedAt = Date.now();
    this.pump = new JournalPump({
      ...{ port, account, entries: [], uptimeMs: () => Date.now() - startedAt },
      libraryVersion: () => this.version,
      commanded: (given) => {
        if (given.cmd === 'library') this.#take(given);
      },
    });
    this.#every(between(seeded, 0.5, 1) * sampleEveryMs);
  }

  async start(): Promise<void> {
    if (this.fate === 'never connects') return;
    await this.pump.connect();
    this.#sample();
  }

  /** A pump that stayed away comes back after all. */
  async comeBack(): Promise<void> {
    await this.pump.powerUp();
    this.#sample();
    if (this.#shelf.waiting() !== null) this.#install();
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.pump.close();
  }

  get #infuses(): boolean {
    return this.fate === 'infusion goes on' || this.fate === 'infusion ends';
  }

  #take(offer: Parameters<LibraryShelf['take']>[0]): void {
    this.parts += 1;
    this.firstPartAt ??= Date.now();
    if (this.fate === 'refuses') {
      this.pump.reply({ id: offer.id, ok: false, error: 'no room for it' });
      return;
    }
    const taken = this.#shelf.take(offer);
    const falls = this.fate === 'power back' || this.fate === 'power stays away';
    if (falls && this.powerLosses === 0 && (offer.args.part >= this.#losesAt || taken.complete !== null)) {
      this.powerLosses += 1;
      this.pump.losePower();
      this.#shelf.losePower();
      if (this.fate === 'power back') this.#after(this.#awayMs, () => void this.comeBack());
      return;
    }
    this.pump.reply({ id: offer.id, ...taken.reply });
    if (taken.complete === null) return;
    if (this.fate === 'infusion ends') this.#after(this.#infusionLeftMs, () => this.#install());
    else if (this.fate !== 'infusion goes on') this.#install();
  }

  /** Between infusions: the library is the pump's own now, and it says so. */
  #install(): void {
    const waiting = this.#shelf.waiting();
    if (waiting === null) return;
    this.#shelf.promote(waiting);
    this.version = waiting;
    this.pump.append('event', 'device', { event: 'library-installed', version: waiting });
  }

  #sample(): void {
    const state = this.#infuses
      ? { infusion: 1, state: 'delivering', rateMlPerH: 5 }
      : { state: 'standby', rateMlPerH: 0 };
    if (this.pump.connected) this.pump.append('telemetry', 'sample', state);
  }

  #after(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }

  #every(ms: number): void {
    this.#after(ms, () => {
      this.#sample();
      this.#every(sampleEveryMs);
    });
  }
}
