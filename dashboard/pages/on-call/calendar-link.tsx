import { useState } from 'react';
import { calendarToken } from '#schemas/http/on-call.ts';
import { Refusal, useSending } from '../../components/form.tsx';
import { useServices } from '../../services.tsx';
import styles from './on-call-page.module.css';

type Told = { address: string; username: string; password: string };

/** One's own shifts in one's own calendar. The password is told once and stands in no address. */
export function CalendarLink() {
  const { http } = useServices();
  const [told, setTold] = useState<Told | null>(null);
  const { busy, away, error, send } = useSending();
  return (
    <div className={styles.calendar}>
      {told === null ? (
        <button
          type="button"
          aria-disabled={away}
          disabled={busy}
          onClick={() =>
            void send(async () => setTold(await http('/on-call/calendar-token', calendarToken, { method: 'POST' })))
          }
        >
          My shifts as a calendar (iCalendar)
        </button>
      ) : (
        <dl className={styles.token}>
          <dt>Subscribe to</dt>
          <dd>{told.address}</dd>
          <dt>User</dt>
          <dd>{told.username}</dd>
          <dt>Password, told once</dt>
          <dd>{told.password}</dd>
        </dl>
      )}
      <Refusal error={error} what="There is no calendar yet." />
    </div>
  );
}
