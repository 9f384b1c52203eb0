import * as z from 'zod';
import { type LibraryContent, libraryContent } from './library.ts';

// A drug library as pumps get it: one JSON text, the same bytes whoever writes it. Its sha256 is taken over all of them,
// in UTF-8; the parts that travel are slices of these bytes in base64.

/** The longest version name that a command carries. */
export const mostVersionName = 120;

export const distributedLibrary = z.strictObject({
  format: z.literal('dripwatch-library/1'),
  /** What the pump then says that it has, in its hello and in its programmes: `NAME-3`. */
  version: z.string().min(1).max(mostVersionName),
  content: libraryContent,
});
export type DistributedLibrary = z.infer<typeof distributedLibrary>;

/** Bytes of a part before base64, which makes four of three: at most 48 KiB. */
export const partBytes = 36 * 1024;

/** What a pump calls a version. Libraries have different names, so no two versions are called the same. */
export function libraryVersionName(library: string, version: number): string {
  return `${library}-${version}`;
}

/** The text that is distributed: keys in order, no spaces, so that the same library is always the same bytes. */
export function libraryText(version: string, content: LibraryContent): string {
  const whole: DistributedLibrary = { format: 'dripwatch-library/1', version, content };
  return canonical(whole);
}

/**
 * Reads what came over the wire, its digest already checked.
 * @returns null and why, where it is no library of this format
 */
export function readDistributed(text: string): { library: DistributedLibrary } | { library: null; why: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { library: null, why: 'the library is not JSON' };
  }
  const read = distributedLibrary.safeParse(json);
  if (read.success) return { library: read.data };
  const issue = read.error.issues[0];
  return { library: null, why: `the library can not be read: ${issue?.path.join('.')}: ${issue?.message}` };
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join(',')}}`;
}
