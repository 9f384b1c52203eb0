import type { LibraryVersionDetail } from '#schemas/http/libraries.ts';

import { Buttons, Choice, Field, Form, Refusal } from '../../components/form.tsx';
import styles from './library.module.css';
import { useSave } from './use-save.ts';

const outside = [
  ['stopped', 'stays stopped'],
  ['allowed', 'runs outside the library'],
] as const;

/** A new care area of a draft. */
export function AreaForms({ version }: { version: LibraryVersionDetail }) {
  const { busy, away, error, save } = useSave(version);
  const { content } = version;
  return (
    <details className={styles.more}>
      <summary>Add a care area</summary>
      <Form
        submit={(fields) => {
          const name = fields.text('name') ?? '';

          const outsideLibrary = fields.text('outside') === 'allowed' ? ('allowed' as const) : ('stopped' as const);

          void save({ ...content, careAreas: [...content.careAreas, { name, outsideLibrary, drugs: [] }] });
        }}
      >
        <Field label="Name" name="name" required />
        <Choice label="A drug that is not in it" name="outside" options={outside} />
        <Refusal error={error} what="The care area was not added." />
        <Buttons>
          <button type="submit" aria-disabled={away} disabled={busy}>
            {busy ? 'Saving…' : 'Add it'}
          </button>
        </Buttons>
      </Form>
    </details>
  );
}
