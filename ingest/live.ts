import type { z } from 'zod';
import type { LivePump, livePumps } from '#schemas/messages/live.ts';
import { missingCount } from '#schemas/rules/cursor.ts';
import { serviceTopics } from '#schemas/topics.ts';
import type { Publish } from './acknowledge.ts';
import { silentSince } from './commit.ts';
import type { PumpMemory } from './fleet.ts';
import type { Rows } from './rows.ts';

// After the commit the screens' processes hear what changed: pumps at most four times a second, alerts as a hint.

/** Least time between two messages about the pumps of a shard, ms. */
export const liveEveryMs = 250;

export class LivePublisher {
  /** As committed: copied at the commit, since the memory goes on. */
  #changed = new Map<number, Map<string, LivePump>>();
  readonly #publish: Publish;

  constructor(publish: Publish) {
    this.#publish = publish;
  }

  committed(rows: Rows, head: number | null): void {
    const alertShards = new Set<number>();
    for (const pump of rows.pumps) {
      const state = livePump(pump);
      if (!state) continue;
      let shard = this.#changed.get(pump.shard);
      if (!shard) {
        shard = new Map();
        this.#changed.set(pump.shard, shard);
      }
      shard.set(pump.pump, state);
      alertShards.add(pump.shard);
    }
    if (head === null) return;
    const [shard = 0] = alertShards;
    this.#publish(serviceTopics.liveAlerts(shard), JSON.stringify({ head }));
  }

  /** Publishes the pumps that changed since the last call. */
  flush(now: number): void {
    for (const [shard, pumps] of this.#changed) {
      if (pumps.size === 0) continue;
      const message: z.infer<typeof livePumps> = { at: now, pumps: [...pumps.values()] };
      this.#publish(serviceTopics.livePumps(shard), JSON.stringify(message));
      pumps.clear();
    }
  }
}

/** A pump's last known state as the screens know it; null before its first journal. */
export function livePump(pump: PumpMemory): LivePump | null {
  const journal = pump.newest;
  const { contactAt, lastSample: sample } = pump.rules;
  if (!journal || contactAt === null) return null;
  return {
    id: pump.pump,
    epochNo: journal.epochNo,
    seq: journal.cursor.highest,
    infusion: sample?.infusion ?? null,
    state: sample?.state ?? null,
    rateMlPerH: sample?.rateMlPerH ?? null,
    infusedMl: sample?.infusedMl ?? null,
    vtbiRemainingMl: sample?.vtbiRemainingMl ?? null,
    reservoirMl: sample?.reservoirMl ?? null,
    pressureKpa: sample?.pressureKpa ?? null,
    batteryPct: sample?.batteryPct ?? null,
    mains: sample?.mains ?? null,
    lastSampleAt: sample?.at ?? null,
    lastContactAt: contactAt,
    silentSince: silentSince(pump),
    completeThrough: journal.upToAt,
    missing: missingCount(journal.cursor),
  };
}
