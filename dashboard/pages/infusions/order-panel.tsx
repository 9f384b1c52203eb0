import { Link } from 'wouter';
import type { InfusionOrder } from '#schemas/http/infusion-order.ts';
import { Facts, Panel } from '../../components/facts.tsx';
import { useMay } from '../../services.tsx';
import { dayAndTime, plain } from '../../words.ts';
import { comparedFieldName, orderFacts } from '../care/order-words.ts';
import styles from './order-panel.module.css';

/** The order beside the programme: what differs, in words, first. */
export function OrderPanel({ match }: { match: InfusionOrder }) {
  const { order, therapy, by, words, doubts, checks, versions } = match;
  const mayOpen = useMay('patient.read');
  const differing = checks.filter(({ outcome }) => outcome === 'differs');
  const unchecked = checks.filter(({ outcome }) => outcome === 'not-checked');
  const agreeing = checks.filter(({ outcome }) => outcome === 'agrees');
  const title = order === null ? 'Order' : `Order, version ${order.version}`;
  return (
    <Panel title={title}>
      {words !== null && (
        <p>
          <strong>{sentence(words)}</strong>
        </p>
      )}
      {doubts.map((doubt) => (
        <p key={doubt}>
          <strong>Look at this:</strong> {doubt}.
        </p>
      ))}
      {differing.length > 0 && (
        <ul className={styles.checks}>
          {differing.map(({ field, priority, words: what }) => (
            <li key={`${field} ${what}`}>
              <strong>{what}</strong> {priority !== null && <span className="muted">({priority})</span>}
            </li>
          ))}
        </ul>
      )}
      {order !== null && <Facts facts={orderFacts(order)} />}
      {agreeing.length > 0 && (
        <p className="muted">Agrees: {agreeing.map(({ field }) => comparedFieldName(field)).join(', ')}.</p>
      )}
      {unchecked.map(({ field, words: why }) => (
        <p key={field} className="muted">
          {comparedFieldName(field)}: {why}.
        </p>
      ))}
      <p className="muted small">
        {by === 'assignment' && 'matched by assignment and drug'}
        {by === 'therapy-reference' && 'matched by the therapy that the pump names'}
        {therapy !== null && (
          <>
            {' · '}
            {mayOpen ? <Link href={`/therapies/${therapy.id}`}>{therapy.reference}</Link> : therapy.reference} ·{' '}
            {plain(therapy.status)}
          </>
        )}
        {order?.verifiedBy && ` · verified by ${order.verifiedBy.name}`}
        {versions.length > 1 &&
          ` · before: ${versions
            .slice(1)
            .map(({ version, to }) => `version ${version} until ${to === null ? 'now' : dayAndTime(Date.parse(to))}`)
            .join(', ')}`}
      </p>
    </Panel>
  );
}

const sentence = (words: string) => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
