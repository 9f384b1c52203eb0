import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { imported } from '#schemas/http/orders.ts';
import { Buttons, Form, Refusal, useSending } from '../../components/form.tsx';
import { useServices } from '../../services.tsx';
import { plural } from '../../words.ts';

/** Orders from a file: all of them become drafts, or none. */
export function ImportOrders() {
  const { http } = useServices();
  const client = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [made, setMade] = useState<number | null>(null);
  const { busy, away, error, send } = useSending();
  return (
    <Form
      submit={() =>
        void send(async () => {
          if (file === null) throw new Error('Choose a file first.');
          setMade(null);
          const type = file.name.toLowerCase().endsWith('.csv') ? 'text/csv' : 'application/fhir+json';
          const sent = { method: 'POST', file: { type, text: await file.text() } } as const;
          setMade((await http('/orders/import', imported, sent)).items.length);
          await client.invalidateQueries({ queryKey: ['care'] });
        })
      }
    >
      <label>
        CSV, or a FHIR R4 MedicationRequest (.json)
        <br />
        <input
          type="file"
          accept=".csv,.json,text/csv,application/json,application/fhir+json"
          onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)}
        />
      </label>
      <Refusal error={error} what="Nothing was imported." />
      {made !== null && (
        <p role="status">
          <strong>{plural(made, 'order')} imported as drafts.</strong> Each waits for another pharmacist.
        </p>
      )}
      <Buttons>
        <button type="submit" data-kind="main" aria-disabled={away} disabled={busy || file === null}>
          {busy ? 'Importing…' : 'Import as drafts'}
        </button>
      </Buttons>
    </Form>
  );
}
