import type { ProvisionalAlert } from '#schemas/messages/live.ts';
import { audienceOf } from '#schemas/rules/audience.ts';
import type { RuleEffect } from '#schemas/rules/pump-rule-state.ts';
import { buildBatch, buildHello, buildTime } from './build.ts';
import { CopyBuffer } from './copy-binary.ts';
import { copyPump, newPump, type PumpMemory } from './fleet.ts';
import { type Incoming, recordsIn } from './incoming.ts';
import { buildUnreadable } from './rejected-rows.ts';
import { newRows } from './rows.ts';

// While the database is away nothing is stored or acknowledged, but evaluation goes on: on copies of the memory, so that
// what is committed afterwards is decided anew from what the database holds. Ids are derived, so both merge.

/** How often the full set is published at least, ms; it expires on the screens after three times that. */
export const provisionalEveryMs = 5_000;
/** Alerts in one message: well below what the broker takes from a service at once. */
const alertsInAMessage = 2_000;

/** The set as the messages that carry it: at least one, since an empty set says something too. */
export function inMessages(alerts: readonly ProvisionalAlert[]): ProvisionalAlert[][] {
  const parts = Math.max(1, Math.ceil(alerts.length / alertsInAMessage));
  return Array.from({ length: parts }, (_, n) => alerts.slice(n * alertsInAMessage, (n + 1) * alertsInAMessage));
}

export class ProvisionalAlerts {
  /** Nothing of what is built here is written: one buffer takes the samples of every message. */
  readonly #samples = new CopyBuffer();
  #copies = new Map<string, PumpMemory>();
  #alerts = new Map<string, ProvisionalAlert>();
  #changed = false;

  /** Begins anew: the database is back, or away for the first time. */
  clear(): void {
    this.#copies.clear();
    this.#alerts.clear();
  }

  get alerts(): ProvisionalAlert[] {
    return [...this.#alerts.values()];
  }

  /** Whether the set is another one than when this was last asked. */
  takeChanged(): boolean {
    const changed = this.#changed;
    this.#changed = false;
    return changed;
  }

  /**
   * Evaluates one message that waits for the database.
   * @returns false when every record of it was evaluated before: the pump sends again what nobody acknowledges
   */
  evaluate(known: ReadonlyMap<string, PumpMemory>, incoming: Incoming): boolean {
    const pump = this.#copy(known, incoming.pump, incoming.shard);
    const rows = newRows(this.#samples.clear());
    try {
      if (incoming.what === 'batch') buildBatch(rows, pump, incoming);
      else if (incoming.what === 'hello') buildHello(rows, pump, incoming);
      else buildUnreadable(rows, pump, incoming);
    } catch {
      // Its transaction meets the same and says it (Unbuildable); here it may cost no other pump its alerts.
      return true;
    }
    for (const { effect } of rows.alerts) this.take(pump.pump, effect);
    return incoming.what !== 'batch' || rows.duplicates === 0 || rows.duplicates < recordsIn(incoming);
  }

  /** What time alone decides, over all pumps. */
  tick(known: ReadonlyMap<string, PumpMemory>, now: number, listeningSince: (shard: number) => number): void {
    const rows = newRows(this.#samples.clear());
    for (const id of known.keys()) {
      const pump = this.#copy(known, id, known.get(id)?.shard ?? 0);
      buildTime(rows, pump, now, listeningSince(pump.shard));
    }
    for (const { pump, effect } of rows.alerts) this.take(pump, effect);
  }

  #copy(known: ReadonlyMap<string, PumpMemory>, id: string, shard: number): PumpMemory {
    let copy = this.#copies.get(id);
    if (!copy) {
      const original = known.get(id);
      // A pump that nobody could look up counts as a patient's: better an alert too many.
      copy = original ? copyPump(original) : newPump(id, shard, null);
      this.#copies.set(id, copy);
    }
    return copy;
  }

  /** Notes one effect of the rules. The provisional set is the alert board's: what a technician is told can wait. */
  take(pump: string, effect: RuleEffect): void {
    this.#changed = true;
    if (effect.do === 'raise' && effect.ended === null && audienceOf(effect.type) === 'clinical') {
      const { id, type, priority, message, raisedAt, receivedAt, late } = effect;
      this.#alerts.set(id, { id, pump, type, priority, message, raisedAt, receivedAt, late });
    } else if (effect.do === 'end') this.#alerts.delete(effect.id);
    else if (effect.do === 'worsen') {
      const known = this.#alerts.get(effect.id);
      if (known) {
        const message = effect.message ?? known.message;
        this.#alerts.set(effect.id, { ...known, priority: effect.priority, message });
      }
    }
  }
}
