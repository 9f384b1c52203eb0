import { useEffect, useRef } from 'react';
import { Link } from 'wouter';
import { PriorityMark } from '../../components/priority-mark.tsx';
import { useOutage } from '../../outage.ts';
import { useInPage, useMay, usePump } from '../../services.tsx';
import type { BoardAlert } from '../../store.ts';
import { AlertButtons } from './alert-buttons.tsx';
import styles from './alert-card.module.css';
import type { AlertGroup } from './alert-order.ts';
import { AlertParts } from './alert-parts.tsx';
import { AlertRecord } from './alert-record.tsx';
import { Drug, Harm, PumpNow, Responsibility, Since } from './alert-words.tsx';
import { BesideOrder } from './beside-order.tsx';
import { HeldLine } from './held-line.tsx';
import { useAlertDetail } from './use-alert-detail.ts';
import { WhatToDo } from './what-to-do.tsx';

type Card = {
  group: AlertGroup;
  chosen: boolean;
  /** No longer on the board: it stands until the hand leaves, and can't be answered. */
  gone?: boolean;
  /** Left out: a card that can't be folded. */
  onToggle?: () => void;
  onAccepted?: () => void;
  justMoved?: () => boolean;
};

const still = () => false;

/** The open card: what it is, whose, what runs against what was ordered, what to do, who has it. */
export function AlertCard({ group, chosen, gone = false, onToggle, onAccepted, justMoved = still }: Card) {
  const { lead, rest } = group;
  const pump = usePump(lead.pump);
  useInPage(lead);
  const detail = useAlertDetail(lead);
  const card = useRef<HTMLElement>(null);
  useEffect(() => {
    if (chosen) card.current?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  const away = useOutage() !== null;
  const taken = lead.responsibility === 'accepted';
  const message = lead.count > 1 ? `${lead.message} × ${lead.count}` : lead.message;
  const title = `alert-${lead.id}`;
  return (
    <article
      ref={card}
      className={styles.card}
      data-priority={lead.priority}
      data-taken={taken}
      data-chosen={chosen}
      data-gone={gone}
      data-alert={lead.id}
      aria-labelledby={title}
    >
      <header className={styles.head}>
        <PriorityMark priority={lead.priority} accepted={taken} ended={gone || lead.condition === 'ended'} />
        <h2 id={title}>
          {onToggle === undefined ? (
            <span className={styles.title}>{message}</span>
          ) : (
            <button type="button" aria-expanded="true" onClick={onToggle} className={styles.title}>
              {message}
            </button>
          )}
        </h2>
        <span className={styles.since}>
          <Since alert={lead} />
        </span>
      </header>
      <div className={styles.body}>
        <div className={styles.subject}>
          <p className={styles.drug}>
            <Drug name={lead.drug ?? pump?.drug ?? null} alert={lead} />
          </p>
          <p>
            {lead.patient !== null && <strong>{lead.patient.initials} · </strong>}
            {lead.pump !== null && <Link href={`/pumps/${encodeURIComponent(lead.pump)}`}>{lead.pump}</Link>}
            {lead.pump === null && (lead.therapy === null ? 'The platform itself' : 'no pump')}
            {lead.therapy !== null && (
              <>
                {' · '}
                <Link href={`/therapies/${lead.therapy}`}>therapy</Link>
              </>
            )}
            {pump !== undefined && <span className="muted"> · {pump.model}</span>}
            {lead.infusion !== null && (
              <>
                {' · '}
                <Link href={`/infusions/${lead.infusion}`}>infusion</Link>
              </>
            )}
          </p>
          <HeldLine alert={lead} pump={pump} />
          <Harm alert={lead} />
          <BesideOrder alert={lead} order={detail?.order ?? null} />
        </div>
        {lead.pump !== null && <PumpNow pumpId={lead.pump} alert={lead} />}
      </div>
      <WhatToDo alert={lead} />
      <div className={styles.foot} data-away={away}>
        <p className={styles.who}>
          {gone ? <span>No longer on the board: ended or answered elsewhere</span> : <Responsibility alert={lead} />}
        </p>
        {!gone && (
          <AlertButtons alert={lead} {...(onAccepted && { onAccepted })} justMoved={justMoved}>
            <Contacts alert={lead} />
          </AlertButtons>
        )}
      </div>
      {rest.length > 0 && <AlertParts group={group} justMoved={justMoved} />}
      <AlertRecord alert={lead} detail={detail} />
    </article>
  );
}

/** The way to the audited contact sheet; only where it is known whose the alert is. */
function Contacts({ alert }: { alert: BoardAlert }) {
  const mayOpen = useMay('patient.contact');
  if (!mayOpen || alert.patient === null) return null;
  return (
    <Link href={`/patients/${alert.patient.id}?alert=${alert.id}`} className={styles.contacts}>
      ☎ Contacts
    </Link>
  );
}
