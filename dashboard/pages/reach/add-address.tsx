import { useState } from 'react';
import { contactMethod, type MethodChannel } from '#schemas/http/contact-methods.ts';
import { Panel } from '../../components/facts.tsx';
import { Field, Form, Refusal, useSending } from '../../components/form.tsx';
import { useServices } from '../../services.tsx';
import styles from './reach.module.css';

const kinds = [
  {
    channel: 'voice',
    title: 'Add a telephone for calls',
    field: 'number',
    label: 'Number with country code',
    hint: '+46 70 123 45 67',
  },
  {
    channel: 'sms',
    title: 'Add a telephone for text messages',
    field: 'number',
    label: 'Number with country code',
    hint: '+46 70 123 45 67',
  },
  { channel: 'e-mail', title: 'Add an e-mail address', field: 'address', label: 'Address', hint: '' },
] as const satisfies readonly { channel: MethodChannel; title: string; field: string; label: string; hint: string }[];

/** The ways that need an address to be typed; those that the server can't send by are said to be so. */
export function AddAddress({ available, changed }: { available: readonly string[]; changed: () => void }) {
  const missing = kinds.filter(({ channel }) => !available.includes(channel));
  return (
    <>
      {kinds
        .filter(({ channel }) => available.includes(channel))
        .map((kind) => (
          <AddOne key={kind.channel} kind={kind} changed={changed} />
        ))}
      {missing.length > 0 && (
        <p className="muted small">
          Not set up on this server: {missing.map(({ channel }) => missingWords[channel]).join(', ')}.
        </p>
      )}
    </>
  );
}

const missingWords = { voice: 'calls', sms: 'text messages', 'e-mail': 'e-mail' } as const;

function AddOne({ kind, changed }: { kind: (typeof kinds)[number]; changed: () => void }) {
  const { http } = useServices();
  const adding = useSending();
  const [added, setAdded] = useState(0);
  const add = (address: string, label: string | null) =>
    adding.send(async () => {
      const body = { channel: kind.channel, [kind.field]: address, ...(label === null ? {} : { label }) };
      await http('/contact-methods', contactMethod, { method: 'POST', body });
      setAdded(added + 1);
      changed();
    });
  return (
    <Panel title={kind.title}>
      <Form key={added} submit={(fields) => void add(fields.text(kind.field) ?? '', fields.text('label'))}>
        <Field
          label={kind.label}
          name={kind.field}
          type={kind.channel === 'e-mail' ? 'email' : 'tel'}
          required
          hint={kind.hint}
        />
        <Field label="What you call it" name="label" hint="optional" />
        <div className={styles.buttons}>
          <button type="submit" aria-disabled={adding.away} disabled={adding.busy}>
            Add
          </button>
        </div>
      </Form>
      {added > 0 && adding.error === null && <p role="status">Added. Test it in the list above.</p>}
      <Refusal error={adding.error} what="It was not added." names={{ number: 'Number', address: 'Address' }} />
    </Panel>
  );
}
