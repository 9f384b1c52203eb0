import type { PumpMemory } from './fleet.ts';
import type { Rows } from './rows.ts';

/** Least time between two writes of a pump's state while nothing but samples came, ms. */
const keepEveryMs = 1_000;

/** So few are written with every transaction: what is acknowledged is then to be read by anybody at once. */
const few = 64;

/** Which `pump_state` rows a transaction writes: at once when something happened, once a second while samples go on. */
export class KeptStates {
  /** Pumps whose last samples are not in `pump_state` yet. */
  readonly #unkept = new Set<PumpMemory>();

  /** @param ticking also those that an earlier transaction left, as far as `remembered` still knows them */
  choose(rows: Rows, now: number, ticking: boolean, remembered: ReadonlyMap<string, PumpMemory>): void {
    const isFew = rows.pumps.size <= few;
    const isDue = (pump: PumpMemory) => isFew || pump.mustKeep || now - pump.keptAt >= keepEveryMs;
    for (const pump of rows.pumps) {
      if (isDue(pump)) {
        rows.kept.push(pump);
        this.#unkept.delete(pump);
      } else this.#unkept.add(pump);
    }
    if (!ticking) return;
    for (const pump of this.#unkept) {
      if (rows.pumps.has(pump)) continue;
      this.#unkept.delete(pump);
      if (remembered.get(pump.pump) === pump) rows.kept.push(pump);
    }
  }

  /** The next transaction writes all that are left. */
  keepAll(): void {
    for (const pump of this.#unkept) pump.mustKeep = true;
  }
}
