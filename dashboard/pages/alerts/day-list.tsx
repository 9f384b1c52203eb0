import { useState } from 'react';
import type { AlertGroup } from './alert-order.ts';
import styles from './alerts-page.module.css';
import { Board } from './board.tsx';

/** Low alerts: nobody is paged for them; they are work for the day, folded until somebody looks. */
export function DayList({ groups, asked }: { groups: readonly AlertGroup[]; asked: boolean }) {
  const [open, setOpen] = useState(asked);
  const alerts = groups.reduce((sum, { rest }) => sum + 1 + rest.length, 0);
  return (
    <details
      className={styles.folded}
      open={open}
      onToggle={(event) => setOpen(event.currentTarget.open)}
      aria-label="Work list for the day"
    >
      <summary>Work list for the day ({alerts})</summary>
      {open && <Board groups={groups} label="Work list for the day" keys={false} />}
    </details>
  );
}
