import * as z from 'zod';

/** Whose something is, as every screen but a wall display is told. */
export const patientMark = z.object({ id: z.string(), reference: z.string(), initials: z.string() });
export type PatientMark = z.infer<typeof patientMark>;
