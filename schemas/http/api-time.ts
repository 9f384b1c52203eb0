import * as z from 'zod';

// Days that no calendar has (2026-02-30), 24:30 and offsets of a day are refused by all of them, never read as another time.

/** RFC 3339, UTC, milliseconds. */
export const apiTime = z.iso.datetime('an RFC 3339 time in UTC such as 2026-11-22T02:10:04Z');

/** A time that somebody gives: any offset. */
export const givenTime = z.iso.datetime({ offset: true, error: 'an RFC 3339 time such as 2026-11-22T02:10:04Z' });

/** A day of the calendar. */
export const givenDay = z.iso.date('a date such as 2026-11-22');

type Span = { from?: string | undefined; to?: string | undefined };

/** For `refine`. A span the wrong way round holds nothing: an empty list would read as if there had been nothing. */
export const inOrder: [(span: Span) => boolean, { path: PropertyKey[]; error: string }] = [
  ({ from, to }) => from === undefined || to === undefined || Date.parse(from) < Date.parse(to),
  { path: ['from'], error: 'must be before to' },
];
