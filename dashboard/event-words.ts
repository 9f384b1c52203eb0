import type * as z from 'zod';
import type { timelineEntry } from '#schemas/http/shapes.ts';
import { alarmWords } from '#schemas/rules/alarm-catalogue.ts';
import { fieldWords } from '#schemas/rules/limit-check.ts';
import { limitFieldOf } from '#schemas/rules/limit-field.ts';
import { spellMinutes, spellNumber } from '#schemas/rules/words.ts';
import { amount, inOneLine, plain } from './words.ts';

export type Entry = z.infer<typeof timelineEntry>;
type Detail = Record<string, unknown>;

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
const ml = (value: unknown): string | null => (typeof value === 'number' ? `${amount(value)} mL` : null);
const rate = (value: unknown): string | null => (typeof value === 'number' ? `${amount(value)} mL/h` : null);
const joined = (...parts: (string | null)[]): string => parts.filter((part) => part !== null).join(' · ');

/** A concentration such as `45.57 mg/mL`, in the digits in which an order tells it, or null. */
export function concentrationOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const { amount: of, unit, perMl } = value as Detail;
  if (typeof of !== 'number' || typeof unit !== 'string' || typeof perMl !== 'number') return null;
  return perMl === 1 ? `${spellNumber(of)} ${unit}/mL` : `${spellNumber(of)} ${unit} in ${spellNumber(perMl)} mL`;
}

/** A dose rate such as `13.44 g/day`, in the digits in which an order tells it, or null. */
export function doseRateOf({ doseRate, doseUnit }: Detail): string | null {
  return typeof doseRate === 'number' ? `${spellNumber(doseRate)} ${text(doseUnit) ?? ''}`.trim() : null;
}

const record = (value: unknown): Detail | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;

/** `150 mL/h for 30 min, then 75 mL/h`; null where the programme has no steps. */
export function stepsOf(value: unknown): string | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  const steps = value.map((given: unknown) => {
    const step = record(given) ?? {};
    const extent = typeof step.durationMin === 'number' ? spellMinutes(step.durationMin) : ml(step.volumeMl);
    return `${rate(step.rateMlPerH) ?? 'unknown rate'}${extent === null ? '' : ` for ${extent}`}`;
  });
  return steps.join(', then ');
}

/** `1 mL, lockout 8 min, at most 30 mL in 4 h`; null where the programme has no PCA. */
export function pcaOf(value: unknown): string | null {
  const pca = record(value);
  if (pca === null) return null;
  const said = [
    ml(pca.demandMl),
    typeof pca.lockoutMin === 'number' ? `lockout ${spellMinutes(pca.lockoutMin)}` : null,
    ml(pca.maxMlPerH)?.replace(/^/, 'at most ').concat(' in 1 h') ?? null,
    ml(pca.maxMlPer4H)?.replace(/^/, 'at most ').concat(' in 4 h') ?? null,
  ].filter((part) => part !== null);
  return said.length === 0 ? null : said.join(', ');
}

/** A mode of programming, in words. */
export const modeWord = (mode: string): string => (mode === 'pca' ? 'PCA' : plain(mode));

/** What was limited, in our words where the pump's mean one of our quantities. */
export function limitedWord(value: unknown): string {
  const field = typeof value === 'string' ? limitFieldOf(value) : null;
  return field === null ? inOneLine(value) : fieldWords(field);
}

/** What a device event tells beside its name: `bag 1,032 mL`. */
function deviceWord([name, value]: [string, unknown]): string {
  const volume = /^(\w+)Ml$/.exec(name)?.[1];
  if (volume && typeof value === 'number') return `${spaced(volume)} ${amount(value)} mL`;
  const percent = /^(\w+)Pct$/.exec(name)?.[1];
  if (percent && typeof value === 'number') return `${spaced(percent)} ${amount(value)} %`;
  return `${spaced(name)} ${inOneLine(value)}`;
}
const spaced = (name: string) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** Why a delivery stopped; the pump ends one segment and starts the next where the rate changes. */
const stopReason = (reason: string): string => (reason === 'transition' ? 'rate change' : plain(reason));

/** What happened, as one line. */
export function entryWords({ kind, detail }: Entry): string {
  switch (kind) {
    case 'programme': {
      const dose = doseRateOf(detail);
      const vtbi = ml(detail.vtbiMl);
      return joined(
        text(detail.drug) ?? 'drug not named',
        concentrationOf(detail.concentration),
        typeof detail.mode === 'string' ? modeWord(detail.mode) : null,
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
        reason === null ? null : `reason: ${stopReason(reason)}`,
      );
    }
    case 'bolus':
      return joined(`Bolus ${plain(String(detail.result))}`, ml(detail.ml), `by ${text(detail.origin) ?? 'unknown'}`);
    case 'limit': {
      const tried = `${limitedWord(detail.field)} ${inOneLine(detail.attempted)} against ${plain(String(detail.limitType))} ${inOneLine(detail.limit)}`;
      return joined(tried, `answered: ${inOneLine(detail.response)}`, text(detail.reason));
    }
    case 'alarm': {
      const code = text(detail.code) ?? 'unknown-alarm';
      return joined(
        `${alarmWords(code) ?? code} ${detail.phase === 'start' ? 'began' : 'ended'}`,
        text(detail.priority) === null ? null : `${detail.priority} on the pump`,
        text(detail.text),
      );
    }
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
      return joined(plain(String(detail.event)), ...rest.map(deviceWord));
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
  call: 'called',
  extend: 'needs longer',
  close: 'closed it',
  offer: 'asked the next people',
  lapse: 'found that it lapsed: nobody has it',
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
