import type { Pump } from '#schemas/http/shapes.ts';
import type { LivePump } from '#schemas/messages/live.ts';
import { canaryPumpId } from '#schemas/topics.ts';
import { type PumpRow, toPump } from '../pump-row.ts';

/**
 * Every pump's last known state in memory: what the database knows of it, and on top what ingest published since. Items
 * are ordered by (epoch number, seq): older never overwrites newer.
 */
export type PumpBoard = {
  /** Rows read from the database; with `all`, pumps not among them are forgotten. */
  load(rows: readonly PumpRow[], all: boolean): void;
  /** @returns ids whose drug or infusion must be read from the database, since the message can't hold them */
  merge(pumps: readonly LivePump[]): string[];
  /**
   * Pumps that changed, longest waiting first, at most a quarter of the fleet: called four times a second, each is told
   * within a second. The watchdog's canary is not among them, nor in `all`.
   */
  takeChanged(): Pump[];
  all(): Pump[];
  /** How many are watched: those being tested are not, nor the retired. */
  fleet(): { pumps: number; silent: number };
  /** Since when each silent pump of the watched fleet is silent, ms. */
  silences(): { fleet: number; silentSince: number[] };
};

type Held = { pump: Pump; statusSet: Pump['status'] | null; contactAt: number };

const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());

/** Below 0: a is older than b. A pump that never sent is older than anything. */
function compareAge(
  a: { epochNo: number | null; seq: number | null },
  b: { epochNo: number | null; seq: number | null },
) {
  return (a.epochNo ?? -1) - (b.epochNo ?? -1) || (a.seq ?? -1) - (b.seq ?? -1);
}

/** A frame of a whole fleet would keep a browser from drawing an alert that comes behind it. */
const pumpsAtOnce = 150;

/** Its status decides with its name: one that a person gave to a patient would be shown. */
const isShown = (pump: Pump) => pump.id !== canaryPumpId || pump.status !== 'testing';

export function createPumpBoard(): PumpBoard {
  const held = new Map<string, Held>();
  const changed = new Set<string>();

  const put = (next: Held) => {
    const before = held.get(next.pump.id);
    held.set(next.pump.id, next);
    if (!before || JSON.stringify(before.pump) !== JSON.stringify(next.pump)) changed.add(next.pump.id);
  };

  function fromRow(row: PumpRow): void {
    const pump = toPump(row);
    const before = held.get(row.id);
    const contactAt = pump.lastContactAt === null ? 0 : Date.parse(pump.lastContactAt);
    // What was published after the commit we read is newer than the row; only what it does not carry is taken.
    if (before && (compareAge(pump, before.pump) < 0 || contactAt < before.contactAt)) {
      const { model, serial, firmware, libraryVersion, libraryAssigned, status, work, away } = pump;
      const sameInfusion = pump.pumpInfusion === before.pump.pumpInfusion && pump.epochNo === before.pump.epochNo;
      const { infusion, drug } = sameInfusion ? pump : before.pump;
      const carried = { model, serial, firmware, libraryVersion, libraryAssigned, work, away };
      const merged = { ...before.pump, ...carried, infusion, drug };
      put({
        pump: { ...merged, status: row.statusSet ?? status },
        statusSet: row.statusSet,
        contactAt: before.contactAt,
      });
      return;
    }
    put({ pump, statusSet: row.statusSet, contactAt });
  }

  function fromLive(live: LivePump): string | null {
    const before = held.get(live.id);
    if (!before) return live.id;
    const order = compareAge(live, before.pump);
    if (order < 0 || (order === 0 && live.lastContactAt < before.contactAt)) return null;
    const { id, infusion: pumpInfusion, lastSampleAt, lastContactAt, silentSince, completeThrough, ...values } = live;
    const sameInfusion = pumpInfusion === before.pump.pumpInfusion && live.epochNo === before.pump.epochNo;
    const runs = live.state === 'delivering' || live.state === 'kvo';
    const pump: Pump = {
      ...before.pump,
      ...values,
      pumpInfusion,
      infusion: sameInfusion ? before.pump.infusion : null,
      drug: sameInfusion ? before.pump.drug : null,
      presence: silentSince === null ? 'online' : 'silent',
      status: before.statusSet ?? (runs ? 'at-patient' : before.pump.status),
      lastSampleAt: iso(lastSampleAt),
      lastContactAt: iso(lastContactAt),
      silentSince: iso(silentSince),
      completeThrough: iso(completeThrough),
    };
    put({ pump, statusSet: before.statusSet, contactAt: lastContactAt });
    return pumpInfusion !== null && (pump.infusion === null || pump.drug === null) && !sameInfusion ? id : null;
  }

  /** Watched is what is with a patient; a pump on the shelf says nothing about anybody. */
  const watched = () =>
    [...held.values()].flatMap(({ pump }) =>
      pump.status === 'at-patient' || pump.status === 'backup-at-patient' ? pump : [],
    );

  return {
    load: (rows, all) => {
      for (const row of rows) fromRow(row);
      if (!all) return;
      const known = new Set(rows.map((row) => row.id));
      for (const id of held.keys()) if (!known.has(id)) held.delete(id);
    },
    merge: (pumps) => pumps.map(fromLive).filter((id) => id !== null),
    takeChanged: () => {
      const ids = [...changed].slice(0, Math.max(pumpsAtOnce, Math.ceil(held.size / 4)));
      for (const id of ids) changed.delete(id);
      return ids.flatMap((id) => held.get(id)?.pump ?? []).filter(isShown);
    },
    all: () => [...held.values()].map(({ pump }) => pump).filter(isShown),
    fleet: () => {
      const all = watched();
      return { pumps: all.length, silent: all.filter(({ presence }) => presence === 'silent').length };
    },
    silences: () => {
      const all = watched();
      return {
        fleet: all.length,
        silentSince: all.flatMap(({ silentSince }) => (silentSince === null ? [] : Date.parse(silentSince))),
      };
    },
  };
}
