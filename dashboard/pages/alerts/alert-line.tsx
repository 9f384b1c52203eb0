import { useEffect, useRef } from 'react';
import { PriorityMark } from '../../components/priority-mark.tsx';
import { useInPage, usePump } from '../../services.tsx';
import styles from './alert-line.module.css';
import type { AlertGroup } from './alert-order.ts';
import { Drug, Harm, initialsWords, Responsibility, Since } from './alert-words.tsx';

type Shown = { group: AlertGroup; chosen: boolean; gone: boolean; onToggle: () => void };

/** One line; a press opens the card, which is the gesture of having seen it. */
export function AlertLine({ group, chosen, gone, onToggle }: Shown) {
  const { lead, rest } = group;
  useInPage(lead);
  const pump = usePump(lead.pump);
  const line = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (chosen) line.current?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  return (
    <button
      ref={line}
      type="button"
      className={styles.line}
      data-priority={lead.priority}
      data-chosen={chosen}
      data-gone={gone}
      data-alert={lead.id}
      aria-expanded="false"
      onClick={onToggle}
    >
      <PriorityMark
        priority={lead.priority}
        accepted={lead.responsibility === 'accepted'}
        ended={gone || lead.condition === 'ended'}
      />
      <strong className={styles.message}>
        {lead.message}
        {lead.count > 1 && ` × ${lead.count}`}
        {rest.length > 0 && (
          <span className={styles.more}>
            <span aria-hidden="true"> +{rest.length}</span>
            <span className="visually-hidden"> and {rest.length} more</span>
          </span>
        )}
      </strong>
      <span className={styles.drug}>
        <Drug name={lead.drug ?? pump?.drug ?? null} alert={lead} />
      </span>
      <span className={styles.pump}>
        {initialsWords(lead)}
        {lead.pump ?? 'platform'}
      </span>
      <span className={styles.who}>
        <Responsibility alert={lead} short />
      </span>
      <span className={styles.since}>{gone ? 'no longer on the board' : <HarmOrSince lead={lead} />}</span>
    </button>
  );
}

/** What is nearer to the question: how long is left, else since when. */
function HarmOrSince({ lead }: { lead: AlertGroup['lead'] }) {
  return (
    <>
      <Harm alert={lead} short />
      <Since alert={lead} />
    </>
  );
}
