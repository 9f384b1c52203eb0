import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { callDetail, callers, callOutcomes } from '#schemas/http/calls.ts';
import { isPhoneNumber } from '#schemas/rules/phone-match.ts';
import formStyles from '../../components/form.module.css';
import { Buttons, Choice, Field, type Fields, Form, Refusal, useSending } from '../../components/form.tsx';
import { useServices } from '../../services.tsx';
import { AnnounceWork } from './announce-work.tsx';
import { callerWords, dueChoices, dueIn, outcomeWords } from './call-words.ts';
import { FindPatient, meant, type Choice as PatientChoice, useFoundPatients } from './find-patient.tsx';
import styles from './log-call.module.css';

/**
 * A call in 20 s: whose, who called, what about. What was typed stays when the window is closed by mistake.
 * @param asked how often it was asked for: Escape may have closed the window before `open` says so
 */
export function LogCall({ open, asked, onClose }: { open: boolean; asked: number; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [round, setRound] = useState(0);
  const [kept, setKept] = useState(false);
  useEffect(() => {
    if (!open || asked === 0) dialog.current?.close();
    else if (dialog.current?.open === false) dialog.current.showModal();
  }, [open, asked]);
  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-labelledby="log-call"
      // Whatever was typed, wherever: it is kept from then on.
      onInput={() => setKept(true)}
      // It comes later than what closed it: the window may be open again by then.
      onClose={() => {
        if (dialog.current?.open === false) onClose();
      }}
      // Closed by the state alone: a key pressed right after Escape must not meet a window that is half closed.
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div className={styles.head}>
        <h2 id="log-call">Log a call</h2>
        <span className="muted small">Enter saves</span>
      </div>
      {open || kept ? (
        <CallForm
          key={round}
          onClose={onClose}
          onDone={() => {
            setKept(false);
            setRound((n) => n + 1);
            onClose();
          }}
        />
      ) : null}
    </dialog>
  );
}

type CallFormProps = { onClose: () => void; onDone: () => void };

function CallForm({ onClose, onDone }: CallFormProps) {
  const { http } = useServices();
  const client = useQueryClient();
  const [text, setText] = useState('');
  const [choice, setChoice] = useState<PatientChoice>(null);
  const [callerSaid, setCallerSaid] = useState<string | null>(null);
  const search = useFoundPatients(text);
  const found = meant(choice, search.found);
  const caller = callerSaid ?? found?.whose ?? 'patient';
  const { busy, away, error, send } = useSending();
  // One key for one call: pressing twice, or again after a lost answer, makes one entry.
  const [key] = useState(() => crypto.randomUUID());

  async function save(fields: Fields): Promise<void> {
    const due = fields.text('due');
    const pump = fields.text('pump');
    const numberTyped = isPhoneNumber(text) ? text.trim() : null;
    const body = {
      patient: found?.patient.id ?? null,
      caller,
      complaint: fields.text('complaint'),
      advice: fields.text('advice'),
      outcome: fields.text('outcome'),
      callerName: fields.text('callerName'),
      callBackNumber: fields.text('callBackNumber') ?? (found === null ? numberTyped : null),
      ...(due !== null && {
        followUp: { text: fields.text('followUp') ?? 'Call back', dueAt: dueIn(due, Date.now()) },
      }),
      ...(pump !== null && { announce: { pump, kind: fields.text('kind') } }),
    };
    const headers = { 'idempotency-key': key };
    if (await send(() => http('/calls', callDetail, { method: 'POST', body, headers }))) {
      onDone();
      await client.invalidateQueries({ queryKey: ['calls'] });
    }
  }

  return (
    <Form submit={(fields) => void save(fields)}>
      <FindPatient
        text={text}
        search={search}
        chosen={found}
        onChoose={setChoice}
        onText={(next) => {
          setText(next);
          setChoice(null);
        }}
      />
      <label className={formStyles.field}>
        Who calls
        <select value={caller} onChange={(event) => setCallerSaid(event.currentTarget.value)}>
          {callers.map((one) => (
            <option key={one} value={one}>
              {callerWords[one]}
            </option>
          ))}
        </select>
      </label>
      <Choice
        label="Outcome"
        name="outcome"
        options={[['', 'not said'], ...callOutcomes.map((one) => [one, outcomeWords[one]] as const)]}
      />
      <Field label="What about" name="complaint" required wide />
      <Field label="Advice given" name="advice" wide />
      <Choice label="Follow-up" name="due" options={dueChoices} />
      <Field label="What to do then" name="followUp" hint="Call back" />
      <details className={styles.more}>
        <summary>Caller’s name and number, work at the pump</summary>
        <div>
          <Field label="Caller’s name" name="callerName" />
          <Field label="Number to call back" name="callBackNumber" type="tel" />
          <AnnounceWork patient={found?.patient.id ?? null} />
        </div>
      </details>
      <Refusal error={error} what="The call is not written down." names={fieldNames} />
      <Buttons>
        <button type="submit" data-kind="main" aria-disabled={away} disabled={busy}>
          {busy ? 'Saving…' : 'Save the call'}
        </button>
        <button type="button" onClick={onClose}>
          Close, keep what I typed
        </button>
        <button type="button" onClick={onDone}>
          Discard
        </button>
      </Buttons>
    </Form>
  );
}

const fieldNames = {
  complaint: 'What about',
  callBackNumber: 'Number to call back',
  'announce.pump': 'Work at the pump',
  'followUp.dueAt': 'Follow-up',
};
