import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';

export type ShelfFile = 'installed' | 'pending' | 'parts';

/** Where a pump keeps libraries. What was written is there after a power loss; a file is whole or as it was before. */
export type ShelfFiles = {
  read(name: ShelfFile): string | null;
  /** null removes it. */
  write(name: ShelfFile, text: string | null): void;
  append(name: ShelfFile, text: string): void;
};

/** Files beside the pump's journal: `PUMP-0001.library-installed` and so on. */
export function diskFiles(base: string): ShelfFiles {
  const path = (name: ShelfFile) => `${base}.library-${name}`;
  return {
    read: (name) => (existsSync(path(name)) ? readFileSync(path(name), 'utf8') : null),
    write: (name, text) => {
      if (text === null) {
        rmSync(path(name), { force: true });
        return;
      }
      const fresh = `${path(name)}.new`;
      const file = openSync(fresh, 'w', 0o600);
      try {
        writeFileSync(file, text);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(fresh, path(name));
    },
    append: (name, text) => appendFileSync(path(name), text, { mode: 0o600 }),
  };
}

/** For fleets whose journals live in memory: as durable as these. */
export function memoryFiles(): ShelfFiles {
  const kept = new Map<ShelfFile, string>();
  return {
    read: (name) => kept.get(name) ?? null,
    write: (name, text) => {
      if (text === null) kept.delete(name);
      else kept.set(name, text);
    },
    append: (name, text) => {
      kept.set(name, `${kept.get(name) ?? ''}${text}`);
    },
  };
}
