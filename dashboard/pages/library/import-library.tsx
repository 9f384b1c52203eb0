import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { checkedVersion } from '#schemas/http/libraries.ts';
import { Buttons, Form, Refusal, useSending } from '../../components/form.tsx';
import { useServices } from '../../services.tsx';

/** A library from a file becomes a draft, with its problems; a file that can't be read is refused with its places. */
export function ImportLibrary({ path }: { path: string }) {
  const { http } = useServices();
  const client = useQueryClient();
  const [, go] = useLocation();
  const [file, setFile] = useState<File | null>(null);
  const { busy, away, error, send } = useSending();
  return (
    <Form
      submit={() =>
        void send(async () => {
          if (file === null) throw new Error('Choose a file first.');
          const type = file.name.toLowerCase().endsWith('.csv') ? 'text/csv' : 'application/json';
          const sent = { method: 'POST', file: { type, text: await file.text() } } as const;
          const { library, version } = await http(path, checkedVersion, sent);
          await client.invalidateQueries({ queryKey: ['library'] });
          go(`/library/${library.id}/${version}`);
        })
      }
    >
      <label>
        A library’s file, .json or .csv
        <br />
        <input
          type="file"
          accept=".csv,.json,text/csv,application/json"
          onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)}
        />
      </label>
      <Refusal error={error} what="Nothing was imported." />
      <Buttons>
        <button type="submit" aria-disabled={away} disabled={busy || file === null}>
          {busy ? 'Importing…' : 'Import as a draft'}
        </button>
      </Buttons>
    </Form>
  );
}
