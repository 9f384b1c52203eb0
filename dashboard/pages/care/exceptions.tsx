import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type RuleExceptionItem, ruleExceptionItem } from '#schemas/http/rule-exceptions.ts';
import { ruleSetInForce } from '#schemas/http/rule-sets.ts';
import { page } from '#schemas/http/shapes.ts';
import type { Therapy } from '#schemas/http/therapies.ts';
import { Panel } from '../../components/facts.tsx';
import { Buttons, Field, Form, Refusal, useSending } from '../../components/form.tsx';
import { Failed, Loading } from '../../components/states.tsx';
import { useMay, useServices } from '../../services.tsx';
import { dayAndTime, plain } from '../../words.ts';
import { type LevelText, readLevel } from '../rules/rule-draft.ts';
import { SettingsForm } from '../rules/settings-form.tsx';
import styles from './care.module.css';

const exceptions = page(ruleExceptionItem);

/** Thresholds that are other for this patient: who, why, until when; those in force first and plainly to be seen. */
export function Exceptions({ patient }: { patient: Therapy['patient'] }) {
  const { http } = useServices();
  const mayWrite = useMay('rules.write');
  const query = useQuery({
    queryKey: ['care', 'exceptions', patient.id],
    refetchOnWindowFocus: false,
    queryFn: ({ signal }) => http(`/rule-exceptions?patient=${patient.id}&limit=100`, exceptions, { signal }),
  });
  if (query.isError) return <Failed what="Exceptions" error={query.error} retry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading what="exceptions" lines={1} />;
  const { items } = query.data;
  const standing = items.filter(({ state }) => state === 'in-force' || state === 'to-come');
  const past = items.filter((item) => !standing.includes(item));
  if (items.length === 0 && !mayWrite) return null;
  return (
    <Panel
      title={standing.length > 0 ? `Exceptions for ${patient.initials} are in force` : 'Exceptions from the rules'}
    >
      {standing.length === 0 && <p>None: the rules hold for {patient.initials} as for everybody.</p>}
      <ul className={styles.list}>
        {standing.map((item) => (
          <li key={item.id} className={styles.item}>
            <One item={item} />
            {mayWrite && <End item={item} />}
          </li>
        ))}
      </ul>
      {past.length > 0 && (
        <details className={styles.more}>
          <summary>Over ({past.length})</summary>
          <ul className={styles.list}>
            {past.map((item) => (
              <li key={item.id} className={styles.item} data-gone="true">
                <One item={item} />
              </li>
            ))}
          </ul>
        </details>
      )}
      {mayWrite && <Make patient={patient} />}
    </Panel>
  );
}

function One({ item }: { item: RuleExceptionItem }) {
  const when = (at: string) => dayAndTime(Date.parse(at));
  return (
    <>
      <p>
        <span className={styles.word}>{plain(item.state)}</span>{' '}
        <strong>
          {item.state === 'to-come' ? `from ${when(item.from)} ` : ''}until {when(item.expiresAt)}
        </strong>
        {' · '}
        {item.reason}
      </p>
      <ul>
        {item.words.map((words) => (
          <li key={words}>{words}</li>
        ))}
      </ul>
      <p className="muted small">
        {item.createdBy.name}, {when(item.createdAt)}
        {item.endedBy !== null && item.endedAt !== null && ` · ended by ${item.endedBy.name}, ${when(item.endedAt)}`}
      </p>
    </>
  );
}

function End({ item }: { item: RuleExceptionItem }) {
  const { http } = useServices();
  const client = useQueryClient();
  const { busy, away, error, send } = useSending();
  return (
    <>
      <button
        type="button"
        aria-disabled={away}
        disabled={busy}
        onClick={() =>
          void send(async () => {
            await http(`/rule-exceptions/${item.id}/end`, ruleExceptionItem, { method: 'POST' });
            await client.invalidateQueries({ queryKey: ['care', 'exceptions'] });
          })
        }
      >
        End it now: the rules hold again
      </button>
      <Refusal error={error} what="It was not ended." />
    </>
  );
}

function Make({ patient }: { patient: Therapy['patient'] }) {
  const { http } = useServices();
  const client = useQueryClient();
  const { busy, away, error, send } = useSending();
  const [text, setText] = useState<LevelText>({});
  const [open, setOpen] = useState(false);
  const rules = useQuery({
    queryKey: ['rules', 'in-force'],
    enabled: open,
    queryFn: ({ signal }) => http('/rule-sets/in-force', ruleSetInForce, { signal }),
  });
  const read = readLevel(text);
  return (
    <details className={styles.more} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Make an exception for {patient.initials}</summary>
      {rules.data !== undefined && (
        <>
          <SettingsForm text={text} read={read} below={rules.data.settings} change={setText} />
          <Form
            submit={(fields) =>
              void send(async () => {
                const until = fields.text('expiresAt');
                const expiresAt = until && new Date(until).toISOString();
                const body = { patient: patient.id, changes: read.changes, reason: fields.text('reason'), expiresAt };
                await http('/rule-exceptions', ruleExceptionItem, { method: 'POST', body });
                await client.invalidateQueries({ queryKey: ['care', 'exceptions'] });
                setText({});
                setOpen(false);
              })
            }
          >
            <Field label="Why this patient is an exception" name="reason" required wide />
            <Field label="Until" name="expiresAt" type="datetime-local" required />
            <Refusal error={error} what="The exception was not made." names={{ expiresAt: 'Until' }} />
            <Buttons>
              <button type="submit" data-kind="main" aria-disabled={away} disabled={busy || read.problems.size > 0}>
                Make the exception
              </button>
            </Buttons>
          </Form>
        </>
      )}
    </details>
  );
}
