import { Link } from 'wouter';
import { useMay } from '../../services.tsx';
import type { BoardAlert } from '../../store.ts';
import styles from './alert-card.module.css';

/** What to do about an alert: whom to call and the emergency plan stand on the contact sheet, one press away. */
export function WhatToDo({ alert }: { alert: BoardAlert }) {
  const mayOpen = useMay('patient.contact');
  if (!mayOpen || alert.patient === null) return null;
  return (
    <div className={styles.todo}>
      <h3>What to do</h3>
      <p>
        <Link href={`/patients/${alert.patient.id}?alert=${alert.id}`}>Whom to call, and the emergency plan</Link>
      </p>
    </div>
  );
}
