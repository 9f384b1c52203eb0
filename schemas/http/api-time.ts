import * as z from 'zod';

/** RFC 3339, UTC, milliseconds. */
export const apiTime = z.iso.datetime();
