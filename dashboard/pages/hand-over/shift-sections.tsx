import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { HandOverPage, PumpOfShift } from '#schemas/http/hand-over.ts';
import { drugWords } from '#schemas/rules/calling-order.ts';
import { PriorityMark } from '../../components/priority-mark.tsx';
import { dayAndTime, stateWord } from '../../words.ts';
import { callerWords, outcomeWords } from '../calls/call-words.ts';
import styles from '../calls/calls.module.css';
import { rateWords } from './rate-words.ts';

/** What is open, what runs, what comes, in the order in which it matters. */
export function ShiftSections({ page }: { page: HandOverPage }) {
  const { alerts, followUps, calls, critical, ending, silent, holds } = page;
  return (
    <>
      <Section title="Alerts" count={alerts.length} none="No alert is open.">
        {alerts.map((one) => (
          <Row key={one.id}>
            <PriorityMark
              priority={one.priority}
              accepted={one.responsibility === 'accepted'}
              ended={one.condition === 'ended'}
            />
            <strong>{one.message}</strong>
            <span>
              {who(one.patient)} · {drug(one)} · {one.pump ?? 'platform'}
            </span>
            <span>{one.owner === null ? 'nobody has it' : `${one.owner.name} has it`}</span>
            <span className="muted">since {at(one.raisedAt)}</span>
          </Row>
        ))}
      </Section>
      <Section title="Follow-ups" count={followUps.length} none="No follow-up is open.">
        {followUps.map(({ id, followUp, patient, complaint }) => (
          <Row key={id}>
            <strong>
              {followUp?.state === 'overdue' && 'OVERDUE '}
              {followUp?.text}
            </strong>
            <span>
              {who(patient)} · by {followUp !== null && at(followUp.dueAt)} · {followUp?.owner.name}
            </span>
            <span className="muted">{complaint}</span>
          </Row>
        ))}
      </Section>
      <Section title="Running ★" count={critical.length} none="No ★ drug runs.">
        {critical.map((one) => (
          <PumpRow key={one.pump} pump={one} />
        ))}
      </Section>
      <Section
        title="Bags ending in this shift"
        count={ending.length}
        none="No bag ends in this shift, as far as can be foreseen."
      >
        {ending.map((one) => (
          <PumpRow key={one.pump} pump={one} />
        ))}
      </Section>
      <Section title="Silent pumps" count={silent.length} none="No pump is silent.">
        {silent.map((one) => (
          <PumpRow key={one.pump} pump={one} />
        ))}
      </Section>
      <Section title="Coming off hold in this shift" count={holds.length} none="No hold ends in this shift.">
        {holds.map(({ therapy, drug: name, patient, holdUntil }) => (
          <Row key={therapy}>
            <strong>{name}</strong>
            <span>
              {who(patient)} · {at(holdUntil)}
            </span>
          </Row>
        ))}
      </Section>
      <Section title="Calls of this shift" count={calls.length} none="Nobody called.">
        {calls.map((one) => (
          <Row key={one.id}>
            <span className="nowrap">{at(one.at)}</span>
            <strong>
              {who(one.patient)}, {callerWords[one.caller]}
            </strong>
            <span>
              {one.complaint ?? (one.reached ? 'reached' : 'no answer')}
              {one.advice !== null && ` · ${one.advice}`}
            </span>
            {one.outcome !== null && <span className="muted">{outcomeWords[one.outcome]}</span>}
          </Row>
        ))}
        {page.moreCalls && <li>There are older ones: see Calls.</li>}
      </Section>
    </>
  );
}

function Section({
  title,
  count,
  none,
  children,
}: {
  title: string;
  count: number;
  none: string;
  children: ReactNode;
}) {
  return (
    <section>
      <h2>
        {title} ({count})
      </h2>
      {count === 0 ? <p className="muted">{none}</p> : <ul className={styles.list}>{children}</ul>}
    </section>
  );
}

function Row({ children }: { children: ReactNode }) {
  return (
    <li className={styles.item}>
      <div className={styles.line}>{children}</div>
    </li>
  );
}

function PumpRow({ pump: one }: { pump: PumpOfShift }) {
  return (
    <Row>
      <strong>
        {who(one.patient)} · {drug(one)}
      </strong>
      <Link href={`/pumps/${encodeURIComponent(one.pump)}`}>{one.pump}</Link>
      <span>
        {one.silentSince === null ? stateWord(one.state) : `silent since ${at(one.silentSince)}`}
        {rateWords(one)}
      </span>
      {one.emptyAt !== null && <em>empty ≈ {at(one.emptyAt)}</em>}
    </Row>
  );
}

const at = (time: string) => dayAndTime(Date.parse(time));
const who = (patient: { initials: string } | null) => patient?.initials ?? 'patient not known';
const drug = (one: { drug: string | null; mayBe?: readonly string[]; critical: boolean }) =>
  `${drugWords({ mayBe: [], ...one })}${one.critical ? ' ★' : ''}`;
