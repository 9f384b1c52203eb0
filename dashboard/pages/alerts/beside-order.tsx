import type { InfusionOrder } from '#schemas/http/infusion-order.ts';
import { spellNumber, spellUnit } from '#schemas/rules/words.ts';
import type { BoardAlert } from '../../store.ts';
import { comparedFieldName } from '../care/order-words.ts';
import styles from './alert-card.module.css';
import { factsOf } from './alert-facts.ts';

/** The programme beside its order, the differences named in words, and what could not be checked. */
export function BesideOrder({ alert, order }: { alert: BoardAlert; order: InfusionOrder | null }) {
  const { differences, notChecked } = factsOf(alert);
  const checks = order?.checks ?? [];
  // The message leads the card already.
  const differing = unique([
    ...differences,
    ...checks.flatMap((c) => (c.outcome === 'differs' ? [c.words] : [])),
  ]).filter((words) => words.toLowerCase() !== alert.message.toLowerCase());
  const unchecked = unique([
    ...notChecked,
    ...checks.flatMap((c) => (c.outcome === 'not-checked' ? [`${comparedFieldName(c.field)} ${c.words}`] : [])),
  ]);
  const ordered = orderedWords(order);
  if (differing.length === 0 && unchecked.length === 0 && ordered === null) return null;
  return (
    <div className={styles.order}>
      {ordered !== null && <p>{ordered}</p>}
      {differing.length > 0 && (
        <ul>
          {differing.map((words) => (
            <li key={words}>{words}</li>
          ))}
        </ul>
      )}
      {unchecked.length > 0 && (
        <details>
          <summary>{unchecked.length === 1 ? 'One check' : `${unchecked.length} checks`} could not be made</summary>
          <ul>
            {unchecked.map((words) => (
              <li key={words}>{words}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

const unique = (words: readonly string[]): string[] => [...new Set(words)];

/** `Ordered 1.2 mL/h, 115.2 mL`; in words why there is no order. */
function orderedWords(match: InfusionOrder | null): string | null {
  if (match === null) return null;
  const { order, words } = match;
  if (order === null) return words === null ? null : `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
  const { rateMlPerH, doseRate, doseUnit, volumeMl } = order;
  const rate =
    rateMlPerH !== null
      ? `${spellNumber(rateMlPerH)} mL/h`
      : doseRate === null
        ? null
        : `${spellNumber(doseRate)} ${spellUnit(doseUnit ?? '')}`;
  return `Ordered ${[rate, `${spellNumber(volumeMl)} mL`].filter((part) => part !== null).join(', ')}`;
}
