import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Call, callDetail, callOutcomes } from '#schemas/http/calls.ts';
import { At } from '../../components/age.tsx';
import { Buttons, Choice, Field, type Fields, Form, Refusal, useSending } from '../../components/form.tsx';
import { Failed, Loading } from '../../components/states.tsx';
import { useMay, useServices } from '../../services.tsx';
import { dayAndTime, plain } from '../../words.ts';
import { callerWords, dueChoices, dueIn, outcomeWords } from './call-words.ts';
import styles from './calls.module.css';
import { telOf } from './tel.ts';

/** One call: who, what about, what was said, what is still to be done. */
export function CallItem({ call }: { call: Call }) {
  const mayWrite = useMay('call.write');
  const { patient, followUp, announced } = call;
  const to = call.direction === 'out' ? `${call.reached ? 'Reached' : 'No answer from'} the` : 'From the';
  return (
    <li className={styles.item} data-overdue={followUp?.state === 'overdue'}>
      <p className={styles.line}>
        <At at={call.at} />
        <strong>{patient === null ? 'patient not found' : `${patient.initials} ${patient.reference}`}</strong>
        <span>
          {to} {callerWords[call.caller]}
        </span>
        {call.outcome !== null && <span className={styles.word}>{outcomeWords[call.outcome]}</span>}
        <span className="muted small">logged by {call.createdBy.name}</span>
      </p>
      {call.complaint !== null && <p>{call.complaint}</p>}
      {call.advice !== null && <p className="muted">Said: {call.advice}</p>}
      {announced !== null && (
        <p className="muted">
          Announced: {plain(announced.kind)}, {announced.pump}
        </p>
      )}
      {followUp !== null && <FollowUp call={call} followUp={followUp} mayWrite={mayWrite} />}
      <Details call={call} mayWrite={mayWrite} />
    </li>
  );
}

function useChange(call: Pick<Call, 'id' | 'revision'>) {
  const { http } = useServices();
  const client = useQueryClient();
  const { busy, away, error, send } = useSending();
  async function change(body: object): Promise<boolean> {
    const whole = { revision: call.revision, ...body };
    const went = await send(() => http(`/calls/${call.id}`, callDetail, { method: 'PATCH', body: whole }));
    await client.invalidateQueries({ queryKey: ['calls'] });
    return went;
  }
  return { busy, away, error, change };
}

type Following = { call: Call; followUp: NonNullable<Call['followUp']>; mayWrite: boolean };

function FollowUp({ call, followUp, mayWrite }: Following) {
  const { busy, away, error, change } = useChange(call);
  const { text, dueAt, owner, state, doneBy, doneAt } = followUp;
  return (
    <>
      <p className={styles.line}>
        <strong>{state === 'done' ? 'Done' : state === 'overdue' ? 'OVERDUE' : 'To do'}:</strong>
        <span>{text}</span>
        {state === 'done' && doneAt !== null ? (
          <span className="muted">
            {doneBy?.name} <At at={doneAt} />
          </span>
        ) : (
          <span>
            by <At at={dueAt} /> · {owner.name}
          </span>
        )}
        {mayWrite && state !== 'done' && (
          <button
            type="button"
            aria-disabled={away}
            disabled={busy}
            onClick={() => void change({ followUp: { done: true } })}
          >
            Done
          </button>
        )}
      </p>
      <Refusal error={error} what="Not changed." />
    </>
  );
}

/** The number to call back and who changed what: read only when opened, since that is audited. */
function Details({ call, mayWrite }: { call: Call; mayWrite: boolean }) {
  const [open, setOpen] = useState(false);
  return (
    <details className={styles.more} data-screen-only onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{mayWrite ? 'Call back, add to it' : 'Details'}</summary>
      {open && <Opened call={call} mayWrite={mayWrite} />}
    </details>
  );
}

function Opened({ call, mayWrite }: { call: Call; mayWrite: boolean }) {
  const { http } = useServices();
  const query = useQuery({
    queryKey: ['calls', 'one', call.id, call.revision],
    ...{ staleTime: Number.POSITIVE_INFINITY, gcTime: 0, refetchOnWindowFocus: false, refetchOnReconnect: false },
    queryFn: ({ signal }) => http(`/calls/${call.id}`, callDetail, { signal }),
  });
  if (query.isError) return <Failed what="This call" error={query.error} retry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading what="the call" lines={2} />;
  const { callBackNumber, callerName, changes } = query.data;
  return (
    <div className={styles.list}>
      {callBackNumber !== null && (
        <a className={styles.call} href={telOf(callBackNumber)}>
          ☎ {callerName ?? 'Caller'} {callBackNumber}
        </a>
      )}
      {mayWrite && <AddTo key={query.data.revision} call={query.data} />}
      {changes.map(({ at, by, fields }) => (
        <p key={at} className="muted small">
          {dayAndTime(Date.parse(at))} {by.name} changed {fields.map((field) => field.replaceAll('_', ' ')).join(', ')}
        </p>
      ))}
    </div>
  );
}

function AddTo({ call }: { call: Call }) {
  const { busy, away, error, change } = useChange(call);
  const { followUp } = call;
  const open = followUp === null || followUp.state !== 'done';
  function save(fields: Fields): void {
    const due = fields.text('due');
    const text = fields.text('followUp');
    const next = {
      ...(text !== null && { text }),
      ...(due !== null && { dueAt: dueIn(due, Date.now()) }),
      ...(text === null && followUp === null && { text: 'Call back' }),
    };
    void change({
      ...{ complaint: fields.text('complaint'), advice: fields.text('advice'), outcome: fields.text('outcome') },
      ...((due !== null || text !== null) && { followUp: next }),
    });
  }
  return (
    <Form submit={save}>
      <Field label="What about" name="complaint" value={call.complaint} required={call.direction === 'in'} wide />
      <Field label="Advice given" name="advice" value={call.advice} wide />
      <Choice
        label="Outcome"
        name="outcome"
        value={call.outcome ?? ''}
        options={[['', 'not said'], ...callOutcomes.map((one) => [one, outcomeWords[one]] as const)]}
      />
      {open && (
        <Choice
          label={followUp === null ? 'Follow-up' : 'Move it to'}
          name="due"
          options={followUp === null ? dueChoices : [['', 'as it is'], ...dueChoices.slice(1)]}
        />
      )}
      {open && <Field label="What to do then" name="followUp" hint={followUp?.text ?? 'Call back'} />}
      <Refusal error={error} what="Not changed." />
      <Buttons>
        <button type="submit" data-kind="main" aria-disabled={away} disabled={busy}>
          {busy ? 'Saving…' : 'Save'}
        </button>
      </Buttons>
    </Form>
  );
}
