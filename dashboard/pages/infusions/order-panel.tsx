import { Link } from 'wouter';
import type { InfusionOrder } from '#schemas/http/infusion-order.ts';
import { Facts, Panel } from '../../components/facts.tsx';
import { useMay } from '../../services.tsx';
import { dayAndTime, plain } from '../../words.ts';
import { comparedFieldName, comparedNumber, orderFacts } from '../care/order-words.ts';
import styles from './order-panel.module.css';

/** The order beside the programme: what differs, in words, first. */
export function OrderPanel({ match }: { match: InfusionOrder }) {
  const { order, therapy, by, words, doubts, checks, versions } = match;
  const mayOpen = useMay('patient.read');
  const differing = checks.filter(({ outcome }) => outcome === 'differs');
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
      {checks.length > 0 && <Beside checks={[...differing, ...checks.filter((one) => !differing.includes(one))]} />}
      {order !== null && <Facts facts={orderFacts(order)} />}
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

/** What the pump was told beside what was ordered, what differs first; a field that was not compared says why. */
function Beside({ checks }: { checks: InfusionOrder['checks'] }) {
  return (
    <table className={styles.beside}>
      <caption className="visually-hidden">The programme beside the order</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">Programmed</th>
          <th scope="col">Ordered</th>
        </tr>
      </thead>
      <tbody>
        {checks.map(({ field, outcome, words: what, numbers }) => (
          <tr key={`${field} ${what}`} data-outcome={outcome}>
            <th scope="row">{comparedFieldName(field)}</th>
            {numbers === null ? (
              <td colSpan={2}>{what}</td>
            ) : (
              <>
                <td>
                  {comparedNumber(field, numbers.programmed, numbers.unit)}
                  {outcome === 'differs' && <span className={styles.differs}> differs</span>}
                </td>
                <td>{comparedNumber(field, numbers.ordered, numbers.unit)}</td>
              </>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const sentence = (words: string) => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
