import * as z from 'zod';
import { maxBatchRecords } from '../topics.ts';
import { bootCount } from './record.ts';
import { wireTime } from './time.ts';

export const epochId = z.string().regex(/^[0-9a-f]{16}$/, '16 hex digits');

/** A batch of journal records, before its records are read one by one. */
export const envelope = z.object({
  v: z.literal(1),
  epoch: epochId,
  boot: bootCount,
  sentAt: wireTime,
  uptimeMs: z.number().min(0).nullish(),
  records: z.array(z.unknown()).min(1).max(maxBatchRecords),
});
export type Envelope = z.infer<typeof envelope>;
