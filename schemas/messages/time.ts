import * as z from 'zod';

// RFC 3339 §5.6, any offset and any precision; lower-case t and z and a space are allowed by its notes.
const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;
// What every pump of our own sends; V8 reads it without help.
const usual = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/;

/**
 * Milliseconds since 1970 of an RFC 3339 time, or null when it is none.
 * A leap second (…:60) counts as the second before it.
 */
export function readTime(text: string): number | null {
  let given = text;
  if (!usual.test(text)) {
    if (!rfc3339.test(text)) return null;
    given = text.toUpperCase().replace(' ', 'T');
  }
  const read = Date.parse(given);
  if (!Number.isNaN(read)) return read;
  const withoutLeap = given.replace(/^(.{17})60/, '$159');
  const again = withoutLeap === given ? Number.NaN : Date.parse(withoutLeap);
  return Number.isNaN(again) ? null : again;
}

/** A time on the wire. */
export const wireTime = z
  .string()
  .max(64)
  .refine((text) => readTime(text) !== null, 'an RFC 3339 time with its offset, such as 2026-11-22T02:10:04.120Z');
