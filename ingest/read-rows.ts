import type { Logger } from 'pino';
import * as z from 'zod';

/**
 * Reads rows of what is on record strictly. A row that can't be read is left out and said loudly: it must not take the
 * check of every other pump with it.
 * @param what one row is, for the log
 */
export function readable<T>(schema: z.ZodType<T>, rows: readonly unknown[], log: Logger, what: string): T[] {
  return rows.flatMap((row) => {
    const read = schema.safeParse(row);
    if (read.success) return [read.data];
    log.error({ err: z.prettifyError(read.error) }, `${what} can not be read: nothing is checked against it`);
    return [];
  });
}
