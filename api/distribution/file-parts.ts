import { partBytes } from '#schemas/library/distributed.ts';
import type { Command } from '#schemas/messages/control.ts';
import type { Query } from '../database.ts';

type PartArgs = Extract<Command, { cmd: 'library' }>['args'];
export type FileParts = { parts: number; argsOf(part: number): PartArgs };

/** Files that are kept ready; a roll-out is of one version, seldom of two at once. */
const filesKept = 4;

/** The parts of libraries as commands carry them. A file never changes, so what was read once is right for ever. */
export function createFileParts(): { of(query: Query, versionName: string): Promise<FileParts> } {
  const ready = new Map<string, FileParts>();
  return {
    of: async (query, version) => {
      const known = ready.get(version);
      if (known) return known;
      const [row] = await query<{ content: string; sha256: string; parts: number }>('library_file_content', [version]);
      if (!row) throw new Error(`there is no file of ${version}`);
      const bytes = Buffer.from(row.content, 'utf8');
      const { sha256, parts } = row;
      const made: FileParts = {
        parts,
        argsOf: (part) => {
          const data = bytes.subarray((part - 1) * partBytes, part * partBytes).toString('base64');
          return { version, sha256, part, parts, data };
        },
      };
      for (const oldest of [...ready.keys()].slice(0, Math.max(0, ready.size - filesKept + 1))) ready.delete(oldest);
      ready.set(version, made);
      return made;
    },
  };
}
