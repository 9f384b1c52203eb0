/** Rows by id that components subscribe to one by one, so that one changed row renders one row. */
export type Table<T> = {
  get: (id: string) => T | undefined;
  has: (id: string) => boolean;
  /** All rows; the same array until the next flush that changed something. */
  all: () => readonly T[];
  /** Rows as they are now, also those not yet flushed. */
  rows: () => Iterable<T>;
  /** Grows with every flush that changed something. */
  revision: () => number;
  write: (id: string, row: T) => void;
  remove: (id: string) => void;
  /** Tells the subscribers of everything written since the last flush. */
  flush: () => void;
  subscribe: (id: string, changed: () => void) => () => void;
  subscribeAll: (changed: () => void) => () => void;
};

/** An empty table. Writing changes the rows at once; subscribers hear of it at the next `flush`. */
export function createTable<T>(): Table<T> {
  const rows = new Map<string, T>();
  const byId = new Map<string, Set<() => void>>();
  const listeners = new Set<() => void>();
  const dirty = new Set<string>();
  let list: readonly T[] = [];
  let revision = 0;

  return {
    get: (id) => rows.get(id),
    has: (id) => rows.has(id),
    all: () => list,
    rows: () => [...rows.values()],
    revision: () => revision,
    write(id, row) {
      rows.set(id, row);
      dirty.add(id);
    },
    remove(id) {
      if (rows.delete(id)) dirty.add(id);
    },
    flush() {
      if (dirty.size === 0) return;
      list = [...rows.values()];
      revision += 1;
      const changed = [...dirty];
      dirty.clear();
      for (const id of changed) for (const tell of byId.get(id) ?? []) tell();
      for (const tell of [...listeners]) tell();
    },
    subscribe(id, changed) {
      const set = byId.get(id) ?? new Set();
      byId.set(id, set);
      set.add(changed);
      return () => {
        set.delete(changed);
        if (set.size === 0) byId.delete(id);
      };
    },
    subscribeAll(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
  };
}
