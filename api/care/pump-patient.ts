import { type BedsideFacts, type BedsideReading, checkBedside } from '#schemas/rules/bedside-check.ts';
import type { Query } from '../database.ts';
import { notFound, problem } from '../problem.ts';

// What stands between a pump and a patient: nobody else may have it at that time, and it was made sure at the bedside.

export type Span = { from: string; to: string | null };

/** @throws 422 naming each field that does not agree, 404 for an unknown pump or patient */
export async function makeSure(query: Query, pump: string, patient: string, reading: BedsideReading): Promise<string> {
  const [facts] = await query<BedsideFacts>('bedside_facts', [pump, patient]);
  if (!facts) throw notFound(`patient ${patient}`);
  const errors = checkBedside(reading, facts).map(({ path, message }) => ({ path: `verified.${path}`, message }));
  if (errors.length > 0) {
    throw problem(422, errors.map(({ path, message }) => `${path}: ${message}`).join(' · '), { errors });
  }
  return JSON.stringify({ pumpLabel: reading.pumpLabel, identifiers: reading.identifiers.map(({ kind }) => kind) });
}

/** @throws 409 with words where the pump is somebody else's in that span */
export async function makeFree(query: Query, pump: string, { from, to }: Span, except: string | null): Promise<void> {
  const [taken] = await query<{ initials: string } & Span>('assignment_overlap', [pump, from, to, except]);
  if (!taken) return;
  const until = taken.to === null ? 'and still is' : `to ${taken.to}`;
  const detail = `${pump} was with ${taken.initials} from ${taken.from} ${until}; end or correct that assignment first`;
  throw problem(409, detail, { errors: [{ path: 'from', message: detail }] });
}

/** @throws 422 where the therapy is not this patient's */
export async function makeSureOfTherapy(query: Query, patient: string, therapy: string | null): Promise<void> {
  if (therapy === null) return;
  const [known] = await query<{ patient: string; reference: string; status: string }>('therapy_lock', [therapy]);
  const message = !known
    ? 'not known'
    : known.patient !== patient
      ? `${known.reference} is the therapy of another patient`
      : known.status === 'ended'
        ? `${known.reference} is ended; name a running therapy or none`
        : null;
  if (message !== null) throw problem(422, `therapy: ${message}`, { errors: [{ path: 'therapy', message }] });
}

/** @throws 422 where the span is not one, or lies in the future */
export function makeSureOfSpan({ from, to }: Span, now: number): void {
  const refuse = (path: string, message: string) =>
    problem(422, `${path}: ${message}`, { errors: [{ path, message }] });
  if (Date.parse(from) > now + clockSlackMs) throw refuse('from', 'not in the future');
  if (to !== null && Date.parse(to) > now + clockSlackMs) throw refuse('to', 'not in the future');
  if (to !== null && Date.parse(to) < Date.parse(from)) throw refuse('to', 'not before it began');
}

/** The clocks of a phone at the bedside and of the server need not agree to the second. */
const clockSlackMs = 120_000;
