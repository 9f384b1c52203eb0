import type { OnCallNow } from '#schemas/http/on-call.ts';
import { At } from '../../components/age.tsx';
import { useOnCall } from '../../on-call.ts';

/** Who has the pager now, by schedule, and who comes next. */
export function OnCallLine() {
  const now = useOnCall();
  if (now === null) return <p className="muted">Who is on call now is not known yet.</p>;
  if (now.schedules.length === 0) {
    return (
      <p>
        <strong>Nobody is on call:</strong> there is no schedule.
      </p>
    );
  }
  return (
    <ul aria-label="On call now">
      {now.schedules.map((schedule) => (
        <li key={schedule.id}>
          <Who schedule={schedule} />
        </li>
      ))}
    </ul>
  );
}

function Who({ schedule: { name, now, until, next } }: { schedule: OnCallNow['schedules'][number] }) {
  return (
    <>
      {name} now: <strong>{now === null ? 'nobody' : now.name}</strong>
      {now !== null && !now.reachable && <strong> (not reachable)</strong>}
      {until !== null && (
        <>
          {' '}
          until <At at={until} />, then {next === null ? 'nobody' : next.name}
        </>
      )}
    </>
  );
}
