import { useState } from 'react';
import { Link } from 'wouter';
import type * as z from 'zod';
import type { LibraryVersionDetail } from '#schemas/http/libraries.ts';
import { libraryReplay } from '#schemas/http/library-replay.ts';
import { spellNumber } from '#schemas/rules/words.ts';
import { Panel } from '../../components/facts.tsx';
import { Buttons, Field, Form, Refusal, useSending } from '../../components/form.tsx';
import { limitedWord } from '../../event-words.ts';
import { useServices } from '../../services.tsx';
import { plural } from '../../words.ts';
import styles from './library.module.css';

type Report = z.infer<typeof libraryReplay>;
const dayMs = 86_400_000;
const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** This version against the programmes that really ran: what would fire, beside what pumps did fire. */
export function Replay({ version }: { version: LibraryVersionDetail }) {
  const { http } = useServices();
  const [report, setReport] = useState<Report | null>(null);
  const { busy, away, error, send } = useSending();
  const path = `/drug-libraries/${version.library.id}/versions/${version.version}/replay`;
  return (
    <Panel title="Replay">
      <Form
        submit={(fields) =>
          void send(async () => {
            setReport(null);
            const from = `${fields.text('from')}T00:00:00Z`;
            // The last day is meant to be part of it.
            const to = new Date(Date.parse(`${fields.text('to')}T00:00:00Z`) + dayMs).toISOString();
            setReport(await http(path, libraryReplay, { method: 'POST', body: { from, to } }));
          })
        }
      >
        <Field label="From (UTC)" name="from" type="date" required value={day(Date.now() - 30 * dayMs)} />
        <Field label="To, that day included" name="to" type="date" required value={day(Date.now())} />
        <Refusal error={error} what="The replay could not be made." />
        <Buttons>
          <button type="submit" aria-disabled={away} disabled={busy}>
            {busy ? 'Replaying…' : 'Replay what ran in these days'}
          </button>
        </Buttons>
      </Form>
      {report !== null && <Told report={report} />}
    </Panel>
  );
}

function Told({ report: { programmes, unreadable, lines, notChecked, standing } }: { report: Report }) {
  const place = (given: { careArea: string | null; drug: string | null }) =>
    `${given.drug ?? 'no drug named'}, ${given.careArea ?? 'no care area'}`;
  return (
    <>
      <p role="status">
        {plural(programmes, 'programme')} judged
        {unreadable > 0 && `, ${unreadable} could not be read`}
      </p>
      {lines.length === 0 && <p>No limit of this version would have fired, and none did fire on the pumps.</p>}
      {lines.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways has to be reached by keyboard
        <section className={styles.wide} aria-label="Limits that fire" tabIndex={0}>
          <table className={styles.replay}>
            <thead>
              <tr>
                {['Drug', 'Limit', 'Would fire', 'Did fire', 'Farthest', 'Only now', 'Only then'].map((name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {lines.map((line) => (
                <tr key={`${place(line)} ${line.field} ${line.limit}`}>
                  <th scope="row">{place(line)}</th>
                  <td>
                    {limitedWord(line.field)}, {line.limit.replaceAll('-', ' ')}
                  </td>
                  <td>{line.would}</td>
                  <td>{line.did}</td>
                  <td>{line.worst && `${spellNumber(line.worst.value)} (limit ${spellNumber(line.worst.limit)})`}</td>
                  <td>
                    <Examples ids={line.newExamples} />
                  </td>
                  <td>
                    <Examples ids={line.goneExamples} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {standing.length + notChecked.length > 0 && <h3>Not judged by limits, or not in full</h3>}
      <ul className={styles.list}>
        {standing.map((one) => (
          <li key={`${place(one)} ${one.standing}`}>
            {place(one)}: {one.standing.replaceAll('-', ' ')}, {plural(one.times, 'programme')},{' '}
            <Link href={`/infusions/${one.example}`}>for example</Link>
          </li>
        ))}
        {notChecked.map((one) => (
          <li key={`${place(one)} ${one.field} ${one.reason}`}>
            {place(one)}: {one.reason}, {plural(one.times, 'programme')}
          </li>
        ))}
      </ul>
    </>
  );
}

function Examples({ ids }: { ids: readonly string[] }) {
  if (ids.length === 0) return <>–</>;
  return (
    <>
      {ids.map((id, n) => (
        <span key={id}>
          <Link href={`/infusions/${id}`} aria-label={`infusion ${n + 1}`}>
            {n + 1}
          </Link>{' '}
        </span>
      ))}
    </>
  );
}
