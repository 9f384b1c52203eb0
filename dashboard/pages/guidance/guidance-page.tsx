import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { guidanceTitle } from '#schemas/guidance/choose-guidance.ts';
import { defaultGuidance } from '#schemas/guidance/default-guidance.ts';
import { type Guidance, guidance } from '#schemas/http/guidance.ts';
import { page } from '#schemas/http/shapes.ts';
import { Failed, Loading } from '../../components/states.tsx';
import { useMay, useServices } from '../../services.tsx';
import { dayAndTime } from '../../words.ts';
import styles from '../calls/calls.module.css';
import { Tabs } from '../calls/tabs.tsx';
import { Draft, WriteGuidance } from './write-guidance.tsx';

const guidances = page(guidance);

/** What people read at night about each type of alert: pharmacists write it, another one publishes it. */
export default function GuidancePage() {
  const { http } = useServices();
  const mayWrite = useMay('guidance.write');
  const read = (state: 'draft' | 'published') => ({
    queryKey: ['guidance', 'list', state],
    queryFn: ({ signal }: { signal: AbortSignal }) => http(`/guidance?state=${state}&limit=200`, guidances, { signal }),
  });
  const drafts = useQuery(read('draft'));
  const published = useQuery(read('published'));
  const failed = [drafts, published].find((query) => query.isError);
  if (failed) return <Failed what="What to do" error={failed.error} retry={() => void failed.refetch()} />;
  if (drafts.data === undefined || published.data === undefined) return <Loading what="what to do" lines={8} />;
  const entries = entriesOf(published.data.items);
  return (
    <div className={styles.page}>
      <Tabs />
      <h1>What to do</h1>
      <p className="muted">
        The steps that stand on an alert. A text counts once another pharmacist has published it; until then the default
        stands there, marked NOT FOR CLINICAL USE.
      </p>
      {drafts.data.items.length > 0 && (
        <section>
          <h2>Waiting for a second pharmacist ({drafts.data.items.length})</h2>
          <ul className={styles.list}>
            {drafts.data.items.map((one) => (
              <Draft key={one.id} draft={one} />
            ))}
          </ul>
        </section>
      )}
      {mayWrite && (
        <Unfolds title="Write for a type of alert, or for one drug">
          <WriteGuidance type={null} drug={null} steps={[]} />
        </Unfolds>
      )}
      <h2>In force ({entries.length})</h2>
      <ul className={styles.list}>
        {entries.map((entry) => (
          <li key={`${entry.type} ${entry.drug}`} className={styles.item}>
            <h3>
              {guidanceTitle(entry.type)}
              {entry.drug !== null && `, ${entry.drug}`}
            </h3>
            <ol className={styles.steps}>
              {entry.steps.map((step) => (
                <li key={step}>{step}</li>
              ))}
            </ol>
            <p className="muted small">
              {entry.published === null
                ? 'Default text, not read by a pharmacist. NOT FOR CLINICAL USE.'
                : `Version ${entry.published.version} by ${entry.published.createdBy.name}, published by ${entry.published.publishedBy?.name} ${dayAndTime(Date.parse(entry.published.publishedAt ?? ''))}`}
            </p>
            {mayWrite && (
              <Unfolds title="Write its next version">
                <WriteGuidance type={entry.type} drug={entry.drug} steps={entry.steps} />
              </Unfolds>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** A form that is there only once it is wanted: there are fifty of them. */
function Unfolds({ title, children }: { title: string; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  return (
    <details className={styles.more} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{title}</summary>
      {open && children}
    </details>
  );
}

type Entry = { type: string; drug: string | null; steps: readonly string[]; published: Guidance | null };

/** Defaults with what was published in their place; texts for single drugs that have no default follow their type. */
function entriesOf(published: readonly Guidance[]): Entry[] {
  const same = (a: { type: string; drug: string | null }, b: { type: string; drug: string | null }) =>
    a.type === b.type && a.drug === b.drug;
  const types = [...new Set(defaultGuidance.map(({ type }) => type))];
  return types.flatMap((type) => {
    const own = published.filter((one) => one.type === type);
    // What is published for the type outranks every default of it, also one for a drug.
    const outranked = own.some(({ drug }) => drug === null);
    const defaults = defaultGuidance.filter(
      (one) => one.type === type && !own.some((other) => same(one, other)) && !(outranked && one.drug !== null),
    );
    return [
      ...own.map((one) => ({ type, drug: one.drug, steps: one.steps, published: one })),
      ...defaults.map(({ drug, steps }) => ({ type, drug, steps, published: null })),
    ].sort((a, b) => (a.drug ?? '').localeCompare(b.drug ?? ''));
  });
}
