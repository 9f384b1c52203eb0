import * as z from 'zod';
import { drugEntry } from './drug-entry.ts';

// What a version of a drug library holds: also the file that is imported, exported and sent to pumps.

export const careArea = z.strictObject({
  name: z.string().min(1).max(120),
  /** What a pump does with a drug that is not in the library: stay stopped, or run outside the library's limits. */
  outsideLibrary: z.enum(['stopped', 'allowed']).default('stopped'),
  drugs: z.array(drugEntry).max(2000),
});
export type CareArea = z.infer<typeof careArea>;

export const libraryContent = z.strictObject({
  name: z.string().min(1).max(120),
  /** Shown wherever the library shows, such as NOT FOR CLINICAL USE. */
  notice: z.string().max(200).nullable().default(null),
  careAreas: z.array(careArea).max(200),
});
export type LibraryContent = z.infer<typeof libraryContent>;
/** As it is written by people: fields with a default may be absent. */
export type LibraryDraft = z.input<typeof libraryContent>;

/** JSON Schema (draft 2020-12) of the library's file. */
export function librarySchema(): Record<string, unknown> {
  return z.toJSONSchema(libraryContent, { io: 'input' });
}
