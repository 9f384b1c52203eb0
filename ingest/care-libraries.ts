import type { Pool } from 'pg';
import type { Logger } from 'pino';
import * as z from 'zod';
import { libraryContent } from '#schemas/library/library.ts';
import { indexLibrary } from '#schemas/rules/library-index.ts';
import type { CareLibrary } from '#schemas/rules/second-check/care.ts';
import { run } from './database.ts';
import { readable } from './read-rows.ts';

// Which library each pump is checked against: the version assigned to it (decision 10), or what the view `pump_library` says
// without one. A version is read and indexed once, however many pumps have it.

const chosenRow = z.object({ pump_id: z.string(), library_id: z.string(), version: z.number() });
const libraryRow = z.object({
  library_id: z.string(),
  version: z.number(),
  name: z.string(),
  content: libraryContent,
});

type Version = { library_id: string; version: number };
const keyOf = ({ library_id, version }: Version): string => `${library_id} ${version}`;

export class CareLibraries {
  readonly #pool: Pool;
  readonly #log: Logger;
  /** Versions that were read; without any library where it could not be. */
  readonly #versions = new Map<string, readonly CareLibrary[]>();

  constructor({ pool, log }: { pool: Pool; log: Logger }) {
    this.#pool = pool;
    this.#log = log;
  }

  /** Versions are read anew when next asked for. */
  forget(): void {
    this.#versions.clear();
  }

  /**
   * What these pumps are checked against; a pump without any library is absent.
   * @throws whatever the database says
   */
  async of(pumps: readonly string[]): Promise<ReadonlyMap<string, readonly CareLibrary[]>> {
    const { rows } = await run(this.#pool, 'loadPumpLibraries', [pumps]);
    const chosen = rows.map((row) => chosenRow.parse(row));
    const unread = new Map(chosen.map((row) => [keyOf(row), row]));
    for (const key of this.#versions.keys()) unread.delete(key);
    if (unread.size > 0) await this.#read([...unread.values()]);
    return new Map(chosen.map((row) => [row.pump_id, this.#versions.get(keyOf(row)) ?? []]));
  }

  async #read(versions: readonly Version[]): Promise<void> {
    const { rows } = await run(this.#pool, 'loadLibraries', [JSON.stringify(versions)]);
    for (const version of versions) this.#versions.set(keyOf(version), []);
    for (const row of readable(libraryRow, rows, this.#log, 'a library that pumps have')) {
      const { name, version, content } = row;
      this.#versions.set(keyOf(row), [{ name, version, index: indexLibrary(content) }]);
    }
  }
}
