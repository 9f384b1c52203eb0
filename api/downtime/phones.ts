import type { DowntimeItem } from '#schemas/http/downtime-list.ts';

type Reached = Pick<DowntimeItem, 'phones' | 'prescriber' | 'prescriberPhone'>;

/** Whom to call with their numbers, in the order of calling: `Kim, caregiver: +46 70 555 01 02`. */
export function phonesInWords({ phones, prescriber, prescriberPhone }: Reached): string[] {
  const calls = phones.map(({ whose, name, number }) => `${name === null ? whose : `${name}, ${whose}`}: ${number}`);
  return prescriberPhone === null ? calls : [...calls, `${prescriber ?? 'prescriber'}: ${prescriberPhone}`];
}
