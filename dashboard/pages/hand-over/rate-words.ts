import type { PumpOfShift } from '#schemas/http/hand-over.ts';
import { amount, dayAndTime } from '../../words.ts';

/** ` · 10.5 mL/h at Nov 26, 13:09`: a page that is read hours later must not pass for now. Empty where none is known. */
export function rateWords({ rateMlPerH, lastSampleAt }: Pick<PumpOfShift, 'rateMlPerH' | 'lastSampleAt'>): string {
  if (rateMlPerH === null || lastSampleAt === null) return '';
  return ` · ${amount(rateMlPerH)} mL/h at ${dayAndTime(Date.parse(lastSampleAt))}`;
}
