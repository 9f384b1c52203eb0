import { useQuery } from '@tanstack/react-query';
import { infusionDetail, type Pump } from '#schemas/http/shapes.ts';
import { At } from '../../components/age.tsx';
import { Facts, Panel } from '../../components/facts.tsx';
import { concentrationOf, doseRateOf, type Entry, modeWord, pcaOf, stepsOf } from '../../event-words.ts';
import { useServices } from '../../services.tsx';
import { amount } from '../../words.ts';

const measure = (value: unknown, unit: string): string | null =>
  typeof value === 'number' ? `${amount(value)} ${unit}` : null;
const word = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function newestOf(entries: readonly Entry[]): Entry | null {
  return entries
    .filter(({ kind }) => kind === 'programme')
    .reduce<Entry | null>((a, b) => (a !== null && a.at >= b.at ? a : b), null);
}

/**
 * What the pump is programmed to do. Its events say it in short; the infusion's own record, read once for each
 * programme, says all of it.
 */
export function Programme({ pump, events }: { pump: Pump; events: readonly Entry[] }) {
  const { http } = useServices();
  const short = newestOf(events);
  const whole = useQuery({
    queryKey: ['programme-of', pump.infusion, short?.at ?? null],
    enabled: pump.infusion !== null,
    queryFn: async ({ signal }) => {
      const { timeline } = await http(`/infusions/${pump.infusion}`, infusionDetail, { signal });
      return newestOf(timeline);
    },
  });
  const known = whole.data ?? null;
  const isWhole = known !== null && (short === null || known.at >= short.at);
  const newest = isWhole ? known : short;
  if (newest === null) {
    return (
      <Panel title="Programme">
        <p className="muted">No programme among the newest events.</p>
      </Panel>
    );
  }
  const { detail } = newest;
  const mode = word(detail.mode);
  const [steps, pca] = [stepsOf(detail.steps), pcaOf(detail.pca)];
  return (
    <Panel title="Programme">
      <Facts
        facts={[
          ['Drug', word(detail.drug)],
          // What was not read yet is left out: a dash would say that the pump named none.
          ...(isWhole ? [['Concentration', concentrationOf(detail.concentration)] satisfies Fact] : []),
          ['Mode', mode === null ? null : modeWord(mode)],
          ['Dose rate', doseRateOf(detail)],
          ['Rate', measure(detail.rateMlPerH, 'mL/h')],
          ...(steps === null ? [] : [['Steps', steps] satisfies Fact]),
          ...(pca === null ? [] : [['On demand', pca] satisfies Fact]),
          ['To be infused', measure(detail.vtbiMl, 'mL')],
          ['Care area', word(detail.careArea)],
          ['Programmed', <At key="at" at={newest.at} />],
        ]}
      />
    </Panel>
  );
}
type Fact = [string, string | null];
