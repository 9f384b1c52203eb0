import type { FoundPatients } from '#schemas/http/calls.ts';
import type { PatientMark } from '#schemas/http/patient-mark.ts';
import type { ContactSheet } from '#schemas/http/patients.ts';
import { doubtAbout, isPhoneNumber, lastDigits, matchPhone, type PhoneMatch } from '#schemas/rules/phone-match.ts';
import type { Query } from '../database.ts';

type Row = PatientMark & { byName: boolean; byReference: boolean; phones: ContactSheet['phones'] };
type Found = FoundPatients['items'][number] & { match: PhoneMatch | null };

const mostShown = 8;
const strength: Record<PhoneMatch, number> = { whole: 0, ending: 1, 'last-digits': 2 };

/** Patients by telephone number, name or reference, the surest first; numbers stay here. */
export async function findPatients(query: Query, text: string): Promise<FoundPatients> {
  const isNumber = isPhoneNumber(text);
  const words = isNumber
    ? null
    : fold(text)
        .split(/\s+/)
        .map((word) => `%${escapeLike(word)}%`);
  const rows = await query<Row>('patients_find', [words, escapeLike(text), isNumber ? lastDigits(text) : null]);
  const found = rows
    .flatMap((row) => judge(row, text) ?? [])
    .sort((a, b) => (a.match === null ? -1 : strength[a.match]) - (b.match === null ? -1 : strength[b.match]));
  const shown = found.slice(0, mostShown);
  // The surest ones decide: a whole number is not in doubt because another one ends alike.
  const best = found[0]?.match ?? null;
  return {
    items: shown.map(({ patient, by, whose }) => ({ patient, by, whose })),
    more: found.length > shown.length,
    doubt: best === null ? null : doubtAbout(found.flatMap(({ match }) => (match === best ? [match] : []))),
  };
}

function judge({ id, reference, initials, byName, byReference, phones }: Row, text: string): Found | null {
  const patient = { id, reference, initials };
  if (byReference) return { patient, by: 'reference', whose: null, match: null };
  if (byName) return { patient, by: 'name', whose: null, match: null };
  const matches = phones.flatMap(({ whose, number }) => {
    const match = matchPhone(text, number);
    return match === null ? [] : [{ whose, match }];
  });
  const best = matches.sort((a, b) => strength[a.match] - strength[b.match])[0];
  return best === undefined ? null : { patient, by: 'number', ...best };
}

const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '');
const escapeLike = (text: string) => text.replace(/[\\%_]/g, '\\$&');
