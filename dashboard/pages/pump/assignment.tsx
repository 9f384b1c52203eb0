import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { type Assignment, assignment } from '#schemas/http/assignments.ts';
import { page } from '#schemas/http/shapes.ts';
import { Panel } from '../../components/facts.tsx';
import { Buttons, Form, Refusal, useSending } from '../../components/form.tsx';
import { Failed, Loading } from '../../components/states.tsx';
import { useMay, useServices } from '../../services.tsx';
import { dayAndTime, plain } from '../../words.ts';
import styles from '../care/care.module.css';
import { BedsideForm } from './bedside-form.tsx';

const assignments = page(assignment);

/** With whom this pump is and was; a row that was wrong stays, and says so. */
export function AssignmentPanel({ pumpId }: { pumpId: string }) {
  const allowed = useMay('patient.read');
  return allowed ? <Rows pumpId={pumpId} /> : null;
}

function Rows({ pumpId }: { pumpId: string }) {
  const { http } = useServices();
  const mayAssign = useMay('assignment.write');
  const query = useQuery({
    queryKey: ['care', 'assignments', pumpId],
    refetchInterval: 30_000,
    queryFn: ({ signal }) => http(`/assignments?pump=${encodeURIComponent(pumpId)}&limit=20`, assignments, { signal }),
  });
  if (query.isError) return <Failed what="Assignments" error={query.error} retry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading what="assignments" lines={2} />;
  const { items } = query.data;
  const open = items.find(({ to, correctedAt }) => to === null && correctedAt === null);
  const refresh = async () => void (await query.refetch());
  return (
    <Panel title="Patient">
      {open === undefined && (
        <p>
          <strong>Assigned to nobody.</strong> Its infusions are matched to no order unless it names a therapy.
        </p>
      )}
      <ul className={styles.list}>
        {items.map((row) => (
          <li key={row.id}>
            <Row row={row} />
            {mayAssign && row.correctedAt === null && <Change row={row} refresh={refresh} />}
          </li>
        ))}
      </ul>
      {mayAssign && open === undefined && (
        <details className={styles.more}>
          <summary>Give it to a patient</summary>
          <BedsideForm pumpId={pumpId} corrects={null} onDone={refresh} />
        </details>
      )}
    </Panel>
  );
}

function Row({ row }: { row: Assignment }) {
  const { patient, therapy, from, to, verified, createdBy, correctedAt, correctedBy, correctReason } = row;
  const text = (
    <>
      {patient.initials} · {patient.reference}
      {therapy !== null && (
        <>
          {' · '}
          <Link href={`/therapies/${therapy.id}`}>{therapy.drug}</Link>
        </>
      )}
      {' · '}
      {dayAndTime(Date.parse(from))} to {to === null ? 'now' : dayAndTime(Date.parse(to))}
    </>
  );
  return (
    <>
      <p>{correctedAt === null ? <strong>{text}</strong> : <s>{text}</s>}</p>
      <p className="muted small">
        by {createdBy.name}, label and {verified.identifiers.map(plain).join(' and ')} read
        {correctedAt !== null &&
          ` · wrong: ${correctReason}; corrected by ${correctedBy?.name ?? 'somebody'}, ${dayAndTime(Date.parse(correctedAt))}`}
      </p>
    </>
  );
}

function Change({ row, refresh }: { row: Assignment; refresh: () => Promise<void> }) {
  const { http } = useServices();
  const { busy, away, error, send } = useSending();
  return (
    <>
      {row.to === null && (
        <Form
          submit={() =>
            void send(async () => {
              await http(`/assignments/${row.id}/end`, assignment, { method: 'POST', body: {} });
              await refresh();
            })
          }
        >
          <Refusal error={error} what="It was not ended." />
          <Buttons>
            <button type="submit" aria-disabled={away} disabled={busy}>
              It is no longer with {row.patient.initials}
            </button>
          </Buttons>
        </Form>
      )}
      <details className={styles.more}>
        <summary>This was wrong: correct it</summary>
        <p className="muted">Its infusions go to whom you name now; what was written stays visible.</p>
        <BedsideForm pumpId={row.pump} corrects={row} onDone={refresh} />
      </details>
    </>
  );
}
