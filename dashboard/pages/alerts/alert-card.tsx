import { useEffect, useRef } from 'react';
import { Link } from 'wouter';
import { PriorityMark } from '../../components/priority-mark.tsx';
import { useInPage, useMay, usePump } from '../../services.tsx';
import type { BoardAlert } from '../../store.ts';
import { plural } from '../../words.ts';
import { AlertButtons } from './alert-buttons.tsx';
import styles from './alert-card.module.css';
import type { AlertGroup } from './alert-order.ts';
import { Drug, PumpNow, Responsibility, Since } from './alert-words.tsx';

type Shown = { group: AlertGroup; chosen: boolean; onToggle: () => void };
/** `onToggle: null`: a card that can't be folded. */
type Card = Omit<Shown, 'onToggle'> & { onToggle: (() => void) | null };

/** The open card: message, drug, pump, the rate with its age, who has it, what the pump said. */
export function AlertCard({ group, chosen, onToggle }: Card) {
  const { lead, rest } = group;
  const pump = usePump(lead.pump);
  useInPage(lead);
  const card = useChosen<HTMLElement>(chosen);
  const taken = lead.responsibility === 'accepted';
  const message = lead.count > 1 ? `${lead.message} × ${lead.count}` : lead.message;
  return (
    <article
      ref={card}
      className={styles.card}
      data-priority={lead.priority}
      data-taken={taken}
      data-chosen={chosen}
      data-alert={lead.id}
      aria-labelledby={`alert-${lead.id}`}
    >
      <header className={styles.head}>
        <PriorityMark priority={lead.priority} accepted={taken} ended={lead.condition === 'ended'} />
        <h2 id={`alert-${lead.id}`}>
          {onToggle === null ? (
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
            <Drug name={lead.drug ?? pump?.drug ?? null} />
          </p>
          <p>
            {lead.patient !== null && <strong>{lead.patient.initials} · </strong>}
            {lead.pump === null ? (
              'The platform itself'
            ) : (
              <Link href={`/pumps/${encodeURIComponent(lead.pump)}`}>{lead.pump}</Link>
            )}
            {pump !== undefined && <span className="muted"> · {pump.model}</span>}
            {lead.infusion !== null && (
              <>
                {' · '}
                <Link href={`/infusions/${lead.infusion}`}>infusion</Link>
              </>
            )}
          </p>
          <p className="muted small">{pumpSaid(lead)}</p>
        </div>
        {lead.pump !== null && <PumpNow pumpId={lead.pump} />}
      </div>
      <div className={styles.foot}>
        <p className={styles.who}>
          <Responsibility alert={lead} />
        </p>
        <Contacts alert={lead} />
        <AlertButtons alert={lead} />
      </div>
      {rest.length > 0 && (
        <section className={styles.rest}>
          <h3>
            {plural(rest.length, 'more alert')} of {lead.pump ?? 'the platform'}
          </h3>
          <ul>
            {rest.map((alert) => (
              <RestLine key={alert.id} alert={alert} />
            ))}
          </ul>
        </section>
      )}
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

function RestLine({ alert }: { alert: BoardAlert }) {
  useInPage(alert);
  return (
    <li className={styles.restLine}>
      <PriorityMark priority={alert.priority} accepted={alert.responsibility === 'accepted'} />
      <strong>{alert.message}</strong>
      <span>
        <Since alert={alert} />
      </span>
      <Responsibility alert={alert} />
      <AlertButtons alert={alert} compact />
    </li>
  );
}

/** One line; a press opens the card, which is the gesture of having seen it. */
export function AlertLine({ group, chosen, onToggle }: Shown) {
  const { lead, rest } = group;
  useInPage(lead);
  const pump = usePump(lead.pump);
  const line = useChosen<HTMLButtonElement>(chosen);
  const taken = lead.responsibility === 'accepted';
  return (
    <button
      ref={line}
      type="button"
      className={styles.line}
      data-priority={lead.priority}
      data-chosen={chosen}
      data-alert={lead.id}
      aria-expanded="false"
      onClick={onToggle}
    >
      <PriorityMark priority={lead.priority} accepted={taken} ended={lead.condition === 'ended'} />
      <strong className={styles.lineMessage}>
        {lead.message}
        {lead.count > 1 && ` × ${lead.count}`}
        {rest.length > 0 && <span className={styles.more}> +{rest.length}</span>}
      </strong>
      <span className={styles.lineDrug}>
        <Drug name={lead.drug ?? pump?.drug ?? null} />
      </span>
      <span className={styles.linePump}>
        {lead.patient !== null && `${lead.patient.initials} · `}
        {lead.pump ?? 'platform'}
      </span>
      <span className={styles.lineWho}>
        <Responsibility alert={lead} />
      </span>
      <span className={styles.lineSince}>
        <Since alert={lead} />
      </span>
    </button>
  );
}

function useChosen<T extends HTMLElement>(chosen: boolean) {
  const element = useRef<T>(null);
  useEffect(() => {
    if (chosen) element.current?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  return element;
}

function pumpSaid(alert: BoardAlert): string {
  const detail = alert.detail.pumpSays;
  const own = alert.pumpPriority === null ? '' : ` (${alert.pumpPriority} on the pump)`;
  const words = typeof detail === 'string' ? `: “${detail}”` : '';
  return alert.type.startsWith('MDC_')
    ? `The pump says ${alert.type}${own}${words}`
    : `Found by Dripwatch: ${alert.type}`;
}
