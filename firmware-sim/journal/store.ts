import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { decodeLines, encodeLine, type JournalLine } from './lines.ts';

/** Where a journal's lines are kept. Errors of the file system are thrown: a pump that can't write must not send. */
export type JournalStore = {
  read(): JournalLine[];
  append(line: JournalLine): void;
  /** True when most of what is kept is acknowledged and not worth keeping. */
  wantsCompaction(): boolean;
  /** Puts these lines in the place of all others, atomically. */
  replace(lines: readonly JournalLine[]): void;
  close(): void;
};

/** When appended bytes reach the disk and not only the operating system. */
export type FsyncPolicy = 'append' | 'close';

const compactAboveBytes = 256 * 1024;

/**
 * A journal in one append-only file. Files are opened for each write: ten thousand pumps would else hold ten thousand
 * descriptors beside as many sockets.
 */
export function fileStore(path: string, fsync: FsyncPolicy): JournalStore {
  let bytes = 0;
  let keptBytes = 0;

  const write = (flags: string, target: string, text: string, flush: boolean) => {
    const file = openSync(target, flags, 0o600);
    try {
      writeFileSync(file, text);
      if (flush) fsyncSync(file);
    } finally {
      closeSync(file);
    }
  };

  return {
    read() {
      if (!existsSync(path)) return [];
      const content = readFileSync(path);
      const { lines, goodBytes } = decodeLines(content);
      // What a crash tore was never sent; the next append must begin on a line of its own.
      if (goodBytes < content.length) truncateSync(path, goodBytes);
      bytes = goodBytes;
      return lines;
    },
    append(line) {
      const text = encodeLine(line);
      write('a', path, text, fsync === 'append');
      bytes += Buffer.byteLength(text);
    },
    wantsCompaction: () => bytes > compactAboveBytes && bytes > 2 * keptBytes,
    replace(lines) {
      const text = lines.map(encodeLine).join('');
      const fresh = `${path}.new`;
      write('w', fresh, text, true);
      renameSync(fresh, path);
      const folder = openSync(dirname(path), 'r');
      try {
        fsyncSync(folder);
      } finally {
        closeSync(folder);
      }
      bytes = Buffer.byteLength(text);
      keptBytes = bytes;
    },
    close() {},
  };
}

/** A journal that lives and dies with the process: for fleets too large for a disk, chosen by a flag only. */
export function memoryStore(): JournalStore {
  return { read: () => [], append() {}, wantsCompaction: () => false, replace() {}, close() {} };
}
