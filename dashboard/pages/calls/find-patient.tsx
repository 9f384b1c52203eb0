import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { type FoundPatients, foundPatients } from '#schemas/http/calls.ts';
import formStyles from '../../components/form.module.css';
import { useOutage } from '../../outage.ts';
import { useServices } from '../../services.tsx';
import styles from './log-call.module.css';

const fewestLetters = 2;
/** A search is audited: what is asked is a word, not its letters one by one. */
const settledAfterMs = 350;

export type Found = FoundPatients['items'][number];

/** A patient, none of those found, or not decided yet: then one that is found alone and surely is meant. */
export type Choice = Found | 'none' | null;

/** Patients by telephone number or name; answers initials and reference. */
export function useFoundPatients(text: string) {
  const { http } = useServices();
  const wanted = useSettled(text.trim());
  const enough = wanted.length >= fewestLetters;
  const query = useQuery({
    // In the body and in memory alone: never in an address.
    queryKey: ['find-patient', wanted],
    enabled: enough,
    ...{ staleTime: 60_000, gcTime: 60_000, refetchOnWindowFocus: false },
    queryFn: ({ signal }) => http('/calls/find', foundPatients, { method: 'POST', body: { text: wanted }, signal }),
  });
  const found = enough ? query.data : undefined;
  return { found, searching: query.isFetching, failed: query.isError };
}

/** Who is meant by a choice. */
export function meant(choice: Choice, found: FoundPatients | undefined): Found | null {
  if (choice === 'none') return null;
  if (choice !== null) return choice;
  return found?.items.length === 1 && found.doubt === null ? (found.items[0] ?? null) : null;
}

type FindProps = {
  text: string;
  onText: (text: string) => void;
  search: ReturnType<typeof useFoundPatients>;
  chosen: Found | null;
  onChoose: (choice: Choice) => void;
};

/** Whose call it is. */
export function FindPatient({ text, onText, search: { found, searching, failed }, chosen, onChoose }: FindProps) {
  const away = useOutage() !== null;
  return (
    <div className={styles.find}>
      <label className={formStyles.field}>
        Phone number or name
        <input
          name="who"
          // Not a search field: Escape empties those, and what was typed is to stay.
          type="text"
          value={text}
          autoComplete="off"
          // biome-ignore lint/a11y/noAutofocus: opened by the person's own press, to be typed into at once
          autoFocus
          onChange={(event) => onText(event.currentTarget.value)}
        />
      </label>
      <div role="status" className="small">
        {searching && 'Searching…'}
        {away && 'Nobody can be searched now. Keep this window open, or write the call down on paper.'}
        {failed && !away && 'The search does not answer. Log the call without; its patient can be added later.'}
        {found !== undefined && found.items.length === 0 && 'Not found. The call is kept without a patient.'}
        {found !== undefined && found.doubt !== null && <strong>{found.doubt}</strong>}
        {found?.more && ' There are more: type more.'}
      </div>
      {found !== undefined && found.items.length > 0 && (
        <fieldset className={styles.found}>
          <legend className="visually-hidden">Patient</legend>
          {found.items.map((one) => (
            <label key={one.patient.id}>
              <input
                type="radio"
                name="patient"
                checked={chosen?.patient.id === one.patient.id}
                onChange={() => onChoose(one)}
              />
              <strong>{one.patient.initials}</strong> {one.patient.reference}
              {one.whose !== null && <span className="muted"> · number of the {one.whose}</span>}
            </label>
          ))}
          <label>
            <input type="radio" name="patient" checked={chosen === null} onChange={() => onChoose('none')} />
            None of them
          </label>
        </fieldset>
      )}
    </div>
  );
}

function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), settledAfterMs);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
