import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Alert } from '#schemas/http/alert.ts';
import { type AlertGuidance, alertGuidance } from '#schemas/http/guidance.ts';
import { contactSheet } from '#schemas/http/patients.ts';
import { drugKey } from '#schemas/library/drug-entry.ts';
import { KeptNumbers } from '../../components/phone-list.tsx';
import { Failed, Loading } from '../../components/states.tsx';
import { useOutage } from '../../outage.ts';
import { useMay, useServices } from '../../services.tsx';
import { dayAndTime } from '../../words.ts';
import styles from '../calls/calling.module.css';
import { Calling } from '../calls/calling.tsx';
import { tapped } from '../calls/tapped.ts';

/** What to do about an alert: a pharmacist's steps, whom to call with one tap, the emergency plan. */
export function WhatToDo({ alert }: { alert: Alert }) {
  const { http } = useServices();
  const mayOpen = useMay('patient.contact');
  const { patient } = alert;
  const away = useOutage() !== null;
  const about = { alert: alert.id, patient: patient?.id ?? null };
  // Back from a call: who was reached is asked at once.
  const [open, setOpen] = useState(() => patient !== null && tapped(about) !== null);
  const guidance = useQuery({
    queryKey: ['guidance', 'for', alert.id],
    staleTime: 5 * 60_000,
    queryFn: ({ signal }) => http(`/alerts/${encodeURIComponent(alert.id)}/guidance`, alertGuidance, { signal }),
  });
  return (
    <div className={styles.todo}>
      <h3>What to do</h3>
      {guidance.data !== undefined && <Steps guidance={guidance.data} />}
      {guidance.data === undefined && (guidance.isError || away) && (
        <p>The steps can’t be read now. Call the patient, ask what the pump shows.</p>
      )}
      {mayOpen && patient !== null && !open && (
        <button type="button" className={styles.open} onClick={() => setOpen(true)}>
          ☎ Whom to call, emergency plan
        </button>
      )}
      {mayOpen && patient === null && <p className="muted">Nobody knows whose pump this is. Look for its label.</p>}
      {open && patient !== null && <WhomToCall alert={alert} patient={patient.id} />}
    </div>
  );
}

function Steps({ guidance: { steps, published, isDefault } }: { guidance: AlertGuidance }) {
  return (
    <>
      <ol className={styles.steps}>
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <p className="muted small">
        {isDefault && 'Default text, not read by a pharmacist. NOT FOR CLINICAL USE.'}
        {published !== null &&
          `By ${published.writtenBy.name} and ${published.by.name}, ${dayAndTime(Date.parse(published.at))}`}
      </p>
    </>
  );
}

/** Opened by a press, since every opening of contact data is written down. */
function WhomToCall({ alert, patient }: { alert: Alert; patient: string }) {
  const { http } = useServices();
  const sheet = useQuery({
    queryKey: ['contact-sheet', patient, alert.id],
    // Opened once and read once, as on the contact sheet's own page.
    ...{ staleTime: Number.POSITIVE_INFINITY, gcTime: 0, retry: false },
    ...{ refetchOnWindowFocus: false, refetchOnReconnect: false },
    queryFn: ({ signal }) =>
      http(`/patients/${encodeURIComponent(patient)}/contact-sheet?alert=${alert.id}`, contactSheet, { signal }),
  });
  const away = useOutage() !== null;
  if (away && sheet.data === undefined) return <KeptNumbers patient={patient} />;
  if (sheet.isError) return <Failed what="Whom to call" error={sheet.error} retry={() => void sheet.refetch()} />;
  if (sheet.data === undefined) return <Loading what="whom to call" lines={3} />;
  const { therapies, plan } = sheet.data;
  const running = therapies.filter(({ status }) => status !== 'ended');
  const key = alert.drug === null ? null : drugKey(alert.drug);
  // The plan of the alert's own drug first.
  const ordered = [...running].sort((a, b) => Number(drugKey(b.drug) === key) - Number(drugKey(a.drug) === key));
  return (
    <>
      <Calling sheet={sheet.data} about={{ alert: alert.id, patient }} />
      <div className={styles.plans}>
        {ordered.map(({ id, drug, emergencyPlan }) => (
          <div key={id}>
            <h4>Emergency plan, {drug}</h4>
            <p className={styles.plan}>{emergencyPlan ?? 'None on record.'}</p>
          </div>
        ))}
        <div>
          <h4>If nobody answers</h4>
          <p className={styles.plan}>{plan ?? 'No plan on record.'}</p>
        </div>
      </div>
    </>
  );
}
