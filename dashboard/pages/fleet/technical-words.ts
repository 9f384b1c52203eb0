import * as z from 'zod';
import type { Alert } from '#schemas/http/alert.ts';
import { duration, plural } from '../../words.ts';

const ranges = z.array(z.tuple([z.number(), z.number()]));
const gap = z.object({ missing: z.number(), ranges });
const clock = z.object({ offMs: z.number() });
const platform = z.object({ behindMs: z.number(), silent: z.number(), high: z.array(z.string()) });

/** Ranges of record numbers: `5–9, 12`. */
export const rangeWords = (given: z.infer<typeof ranges>): string =>
  given.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ');

/** What an alert of the technician's list is about, in numbers; null where the message says it all. */
export function technicalDetail({ type, detail }: Pick<Alert, 'type' | 'detail'>): string | null {
  if (type === 'gap-open') {
    const read = gap.safeParse(detail);
    return read.success ? `${plural(read.data.missing, 'record')}: numbers ${rangeWords(read.data.ranges)}` : null;
  }
  if (type === 'clock-off') {
    const read = clock.safeParse(detail);
    if (!read.success) return null;
    const { offMs } = read.data;
    return `${duration(Math.abs(offMs))} ${offMs < 0 ? 'behind' : 'ahead'}; records are stored by estimated times`;
  }
  if (type === 'platform-delayed') {
    const read = platform.safeParse(detail);
    if (!read.success) return null;
    const { behindMs, silent, high } = read.data;
    const said = [
      behindMs > 0 ? `committing ${duration(behindMs)} behind` : null,
      silent > 0 ? `${plural(silent, 'pump')} silent at once` : null,
      high.length > 0 ? `high among them: ${high.join(', ')}` : null,
    ];
    return said.filter((part) => part !== null).join(' · ');
  }
  return null;
}
