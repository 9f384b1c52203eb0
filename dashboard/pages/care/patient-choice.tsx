import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { patient } from '#schemas/http/patients.ts';
import { page } from '#schemas/http/shapes.ts';
import formStyles from '../../components/form.module.css';
import { Failed } from '../../components/states.tsx';
import { useServices } from '../../services.tsx';

const patients = page(patient);
const fewestLetters = 2;
/** A search is audited: what is asked is a word, not its letters one by one. */
const settledAfterMs = 400;

/** Finds a patient by reference, name or phone number; shows reference and initials. */
export function PatientChoice({ chosen, onChoose }: { chosen: string | null; onChoose: (id: string | null) => void }) {
  const { http } = useServices();
  const [text, setText] = useState('');
  const wanted = useSettled(text.trim());
  const query = useQuery({
    queryKey: ['care', 'patients', wanted],
    enabled: wanted.length >= fewestLetters,
    staleTime: 30_000,
    queryFn: ({ signal }) => http(`/patients?limit=20&q=${encodeURIComponent(wanted)}`, patients, { signal }),
  });
  const found = query.data?.items ?? [];
  return (
    <>
      <label className={formStyles.field}>
        Find the patient
        <input
          type="search"
          value={text}
          placeholder="reference, name or phone"
          autoComplete="off"
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <label className={formStyles.field}>
        Patient
        <select value={chosen ?? ''} onChange={(event) => onChoose(event.currentTarget.value || null)}>
          <option value="">{wanted.length < fewestLetters ? 'search first' : `${found.length} found: choose`}</option>
          {found.map(({ id, reference, initials }) => (
            <option key={id} value={id}>
              {initials} · {reference}
            </option>
          ))}
        </select>
      </label>
      {query.isError && <Failed what="Patients" error={query.error} retry={() => void query.refetch()} />}
    </>
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
