import { At } from '../../components/age.tsx';
import { Facts, Panel } from '../../components/facts.tsx';
import { concentrationOf, type Entry } from '../../event-words.ts';
import { amount, plain } from '../../words.ts';

const measure = (value: unknown, unit: string): string | null =>
  typeof value === 'number' ? `${amount(value)} ${unit}` : null;
const word = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** The newest programme among a pump's events. */
export function Programme({ events }: { events: readonly Entry[] }) {
  const newest = events
    .filter(({ kind }) => kind === 'programme')
    .reduce<Entry | null>((a, b) => (a !== null && a.at >= b.at ? a : b), null);
  if (newest === null) {
    return (
      <Panel title="Programme">
        <p className="muted">No programme among the newest events.</p>
      </Panel>
    );
  }
  const { detail } = newest;
  const mode = word(detail.mode);
  return (
    <Panel title="Programme">
      <Facts
        facts={[
          ['Drug', word(detail.drug)],
          ['Concentration', concentrationOf(detail.concentration)],
          ['Mode', mode === null ? null : plain(mode)],
          ['Dose rate', measure(detail.doseRate, word(detail.doseUnit) ?? '')],
          ['Rate', measure(detail.rateMlPerH, 'mL/h')],
          ['To be infused', measure(detail.vtbiMl, 'mL')],
          ['Care area', word(detail.careArea)],
          ['Programmed', <At key="at" at={newest.at} />],
        ]}
      />
    </Panel>
  );
}
