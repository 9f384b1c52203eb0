// Whether a number that somebody reads off a telephone is one that is on record. People write the same number in many
// ways; where the country or the area is not said, only the end can agree, and that is told.

/** `whole`: the same number · `ending`: all of the shorter one, without country or area · `last-digits`: 4 to 6 of them. */
export type PhoneMatch = 'whole' | 'ending' | 'last-digits';

/** Fewer digits are in too many numbers. */
export const fewestDigits = 4;
/** A number in a town has as many: from here on, the end is a number and not a part of one. */
const localDigits = 7;

type Read = { raw: string; significant: string; international: boolean };

/** Digits as they are dialled: `+46 (0)70-555 01 01` → `46705550101`. */
function read(number: string): Read {
  const text = number.trim();
  const raw = text.replace(/\(0\)/g, '').replace(/\D/g, '');
  if (text.startsWith('+')) return { raw, significant: raw, international: true };
  if (raw.startsWith('00')) return { raw: raw.slice(2), significant: raw.slice(2), international: true };
  return { raw, significant: raw.replace(/^0/, ''), international: false };
}

/** Whether somebody wrote a telephone number, or the end of one, rather than a name or a reference. */
export function isPhoneNumber(text: string): boolean {
  return /^\s*\+?[\d\s()./-]+$/.test(text) && text.replace(/\D/g, '').length >= fewestDigits;
}

/** The last digits, which two spellings of one number always share. */
export const lastDigits = (number: string): string => read(number).raw.slice(-fewestDigits);

/** How far two numbers are the same; null: they are not. */
export function matchPhone(given: string, onRecord: string): PhoneMatch | null {
  const a = read(given);
  const b = read(onRecord);
  const same = a.raw === b.raw || (a.international === b.international && a.significant === b.significant);
  if (same && a.raw.length >= localDigits) return 'whole';
  // Both say their country: then they are the same, or they are not.
  if (a.international && b.international) return null;
  const shared = Math.max(sharedEnding(a.raw, b.raw), sharedEnding(a.significant, b.significant));
  if (shared >= localDigits) return 'ending';
  return shared >= fewestDigits ? 'last-digits' : null;
}

/** Length of the shorter one where the longer one ends with it, else 0. */
function sharedEnding(a: string, b: string): number {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  return long.endsWith(short) ? short.length : 0;
}

/** What to say when a number is not proof of who calls; null: one patient, whole number. */
export function doubtAbout(matches: readonly PhoneMatch[]): string | null {
  if (matches.length > 1) return `${matches.length} patients have a number like this. Ask for name and birth date.`;
  if (matches[0] === 'ending') return 'Country or area was not given: the rest agrees. Ask for the birth date.';
  if (matches[0] === 'last-digits') return 'Only the last digits agree. Ask for name and birth date.';
  return null;
}
