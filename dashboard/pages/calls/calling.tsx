import { useState } from 'react';
import { type Caller, callDetail } from '#schemas/http/calls.ts';
import type { ContactSheet } from '#schemas/http/patients.ts';
import { Refusal, useSending } from '../../components/form.tsx';
import { useServices } from '../../services.tsx';
import { plain } from '../../words.ts';
import styles from './calling.module.css';
import { forgetTapped, rememberTapped, tapped } from './tapped.ts';
import { telOf } from './tel.ts';

type Given = Pick<ContactSheet, 'phones' | 'prescriber' | 'prescriberPhone'>;

/** What a call is about: kept with it. */
export type About = { alert: string | null; patient: string | null };

/** One tap calls; back here it asks who was reached, and writes that on the alert and among the calls. */
export function Calling({ sheet, about }: { sheet: Given; about: About }) {
  // A phone may throw the page away during the call: what was tapped is asked about all the same.
  const [called, setCalled] = useState<Caller | null>(() => tapped(about));
  const tap = (whose: Caller) => {
    rememberTapped(about, whose);
    setCalled(whose);
  };
  const done = () => {
    forgetTapped();
    setCalled(null);
  };
  return (
    <div className={styles.plans}>
      {called !== null && <WhoWasReached key={called} whose={called} about={about} onDone={done} />}
      <section className={styles.calls} aria-label="Whom to call">
        {sheet.phones.map(({ whose, name, number }) => (
          <Call
            key={number}
            who={name === null ? plain(whose) : `${name}, ${plain(whose)}`}
            number={number}
            onTap={() => tap(whose)}
          />
        ))}
        {sheet.prescriberPhone !== null && (
          <Call
            who={sheet.prescriber === null ? 'prescriber' : `${sheet.prescriber}, prescriber`}
            number={sheet.prescriberPhone}
            onTap={() => tap('prescriber')}
          />
        )}
        {sheet.phones.length === 0 && sheet.prescriberPhone === null && <p>No phone number is on record.</p>}
      </section>
    </div>
  );
}

function Call({ who, number, onTap }: { who: string; number: string; onTap: () => void }) {
  return (
    <a className={styles.call} href={telOf(number)} onClick={onTap}>
      <span>☎ {who}</span>
      <span className="nowrap">{number}</span>
    </a>
  );
}

function WhoWasReached({ whose, about, onDone }: { whose: Caller; about: About; onDone: () => void }) {
  const { http } = useServices();
  const [said, setSaid] = useState('');
  const { busy, away, error, send } = useSending();
  const who = whose === 'other' ? 'the other contact' : `the ${whose}`;

  async function save(reached: boolean): Promise<void> {
    const { alert, patient } = about;
    const advice = said.trim() === '' ? {} : { advice: said.trim() };
    const body = { direction: 'out', caller: whose, reached, ...(alert !== null && { alert }), ...advice };
    const whole = patient === null ? body : { ...body, patient };
    if (await send(() => http('/calls', callDetail, { method: 'POST', body: whole }))) onDone();
  }

  return (
    <section className={styles.asked} aria-label="Who was reached">
      <h3>Did you reach {who}?</h3>
      <label>
        What was agreed (may be empty)
        <input value={said} maxLength={2000} autoComplete="off" onChange={(event) => setSaid(event.target.value)} />
      </label>
      <div className={styles.buttons}>
        <button type="button" data-kind="main" aria-disabled={away} disabled={busy} onClick={() => void save(true)}>
          Reached
        </button>
        <button type="button" aria-disabled={away} disabled={busy} onClick={() => void save(false)}>
          No answer
        </button>
        <button type="button" disabled={busy} onClick={onDone}>
          Did not call
        </button>
      </div>
      <Refusal error={error} what="The call is not written down." />
    </section>
  );
}
