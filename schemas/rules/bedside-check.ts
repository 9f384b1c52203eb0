// A pump becomes a patient's only after its label and two identifiers of the patient were read at the bedside and agree
// with what is on record. What was read is compared and forgotten.

export const identifierKinds = ['name', 'birth-date', 'reference', 'phone'] as const;
export type IdentifierKind = (typeof identifierKinds)[number];

export type BedsideReading = { pumpLabel: string; identifiers: readonly { kind: IdentifierKind; value: string }[] };

export type BedsideFacts = {
  pump: string;
  serial: string;
  name: string;
  /** YYYY-MM-DD */
  birthDate: string | null;
  reference: string;
  phones: readonly string[];
};

/** A field of the reading and why it does not agree. */
export type BedsideProblem = { path: string; message: string };

const kindWords: Record<IdentifierKind, string> = {
  name: 'name',
  'birth-date': 'birth date',
  reference: 'reference',
  phone: 'phone number',
};

/** What of a reading does not agree with the record; empty where the pump may be given. */
export function checkBedside(reading: BedsideReading, facts: BedsideFacts): BedsideProblem[] {
  const problems: BedsideProblem[] = [];
  const label = plain(reading.pumpLabel);
  if (label !== plain(facts.pump) && label !== plain(facts.serial)) {
    problems.push({ path: 'pumpLabel', message: `this is not the label of ${facts.pump}: you may hold another pump` });
  }
  for (const [index, { kind, value }] of reading.identifiers.entries()) {
    const known = knownOf(kind, facts);
    const path = `identifiers.${index}.value`;
    if (known.length === 0) {
      problems.push({ path, message: `no ${kindWords[kind]} is on record: use another identifier` });
    } else if (!known.includes(comparable(kind, value))) {
      problems.push({ path, message: `this is not the ${kindWords[kind]} on record: you may have another patient` });
    }
  }
  return problems;
}

function knownOf(kind: IdentifierKind, { name, birthDate, reference, phones }: BedsideFacts): string[] {
  const known = {
    name: [name],
    'birth-date': birthDate === null ? [] : [birthDate],
    reference: [reference],
    phone: phones,
  };
  return known[kind].map((value) => comparable(kind, value));
}

function comparable(kind: IdentifierKind, value: string): string {
  // With or without a country's prefix: the last digits tell numbers of one patient apart from another's.
  if (kind === 'phone') return value.replace(/\D/g, '').slice(-8);
  return plain(value);
}

/** Accents, capitals and spaces differ between a label, a screen and a voice. */
function plain(value: string): string {
  return value.normalize('NFKD').replace(/\p{M}/gu, '').trim().replace(/\s+/g, ' ').toLowerCase();
}
