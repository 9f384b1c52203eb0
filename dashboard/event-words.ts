import type * as z from 'zod';
import type { timelineEntry } from '#schemas/http/shapes.ts';
import { amount, inOneLine, plain } from './words.ts';

export type Entry = z.infer<typeof timelineEntry>;
type Detail = Record<string, unknown>;

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
const ml = (value: unknown): string | null => (typeof value === 'number' ? `${amount(value)} mL` : null);
const rate = (value: unknown): string | null => (typeof value === 'number' ? `${amount(value)} mL/h` : null);
const joined = (...parts: (string | null)[]): string => parts.filter((part) => part !== null).join(' · ');

/** A concentration such as `50 mg / 1 mL`, or null. */
export function concentrationOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const { amount: of, unit, perMl } = value as Detail;
  if (typeof of !== 'number' || typeof unit !== 'string' || typeof perMl !== 'number') return null;
  return perMl === 1 ? `${amount(of)} ${unit}/mL` : `${amount(of)} ${unit} in ${amount(perMl)} mL`;
}

/** What happened, as one line. */
export function entryWords({ kind, detail }: Entry): string {
  switch (kind) {
    case 'programme': {
      const dose =
        typeof detail.doseRate === 'number' ? `${amount(detail.doseRate)} ${text(detail.doseUnit) ?? ''}` : null;
      const vtbi = ml(detail.vtbiMl);
      return joined(
        text(detail.drug) ?? 'drug not named',
        concentrationOf(detail.concentration),
        text(detail.mode),
        dose,
        rate(detail.rateMlPerH),
        vtbi === null ? null : `${vtbi} to be infused`,
      );
    }
    case 'delivery': {
      const word = { start: 'Started', stop: 'Stopped', complete: 'Complete' }[String(detail.phase)] ?? 'Delivery';
      const reason = text(detail.reason);
      return joined(
        word,
        rate(detail.rateMlPerH),
        ml(detail.segmentMl),
        ml(detail.totalMl)?.concat(' in all') ?? null,
        reason === null ? null : `reason: ${plain(reason)}`,
      );
    }
    case 'bolus':
      return joined(`Bolus ${plain(String(detail.result))}`, ml(detail.ml), `by ${text(detail.origin) ?? 'unknown'}`);
    case 'limit': {
      const tried = `${inOneLine(detail.field)} ${inOneLine(detail.attempted)} against ${plain(String(detail.limitType))} ${inOneLine(detail.limit)}`;
      return joined(tried, `answered: ${inOneLine(detail.response)}`, text(detail.reason));
    }
    case 'alarm':
      return joined(
        `${text(detail.code) ?? 'Alarm without a code'} ${detail.phase === 'start' ? 'began' : 'ended'}`,
        text(detail.priority) === null ? null : `${detail.priority} on the pump`,
        text(detail.text),
      );
    case 'alert':
      return joined(
        text(detail.message) ?? text(detail.type),
        text(detail.priority),
        text(detail.condition),
        text(detail.responsibility),
      );
    case 'action':
      return joined(`${nameOf(detail.by)}: ${actionWord(detail.action)}`, text(detail.note));
    case 'device': {
      const rest = Object.entries(detail).filter(([key, value]) => key !== 'event' && value !== null);
      return joined(plain(String(detail.event)), ...rest.map(([key, value]) => `${key} ${inOneLine(value)}`));
    }
    case 'gone':
      return joined(
        `Records ${inOneLine(detail.from)} to ${inOneLine(detail.to)} no longer exist`,
        text(detail.reason),
        `said by the ${text(detail.declaredBy) ?? 'pump'}`,
      );
  }
}

const actionWords: Record<string, string> = {
  accept: 'has it',
  decline: 'passed on',
  'hand-over': 'handed over',
  note: 'noted',
  feedback: 'said whether it needed somebody',
  seen: 'saw it',
  undo: 'took the acceptance back',
};
function actionWord(action: unknown): string {
  return actionWords[String(action)] ?? String(action);
}

function nameOf(by: unknown): string {
  if (typeof by === 'object' && by !== null && 'name' in by && typeof by.name === 'string') return by.name;
  return 'Dripwatch';
}

const kindWords: Record<Entry['kind'], string> = {
  programme: 'Programme',
  delivery: 'Delivery',
  bolus: 'Bolus',
  limit: 'Limit alert',
  alarm: 'Alarm',
  alert: 'Alert',
  action: 'People',
  device: 'Device',
  gone: 'Records lost',
};
export const kindWord = (kind: Entry['kind']): string => kindWords[kind];
