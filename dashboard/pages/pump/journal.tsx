import type { PumpDetail } from '#schemas/http/administration.ts';
import { CompletenessLine } from '../../components/completeness.tsx';
import { Facts } from '../../components/facts.tsx';
import { count, plural } from '../../words.ts';

/** How complete the newest journal is, as a number; earlier ones in a line each. */
export function Journal({ journals }: { journals: PumpDetail['journals'] }) {
  const [newest, ...earlier] = [...journals].sort((a, b) => b.epochNo - a.epochNo);
  if (newest === undefined) return <p className="muted">No record yet.</p>;
  const { completeThrough: through, completePct, missing, declaredLost, rejected } = newest;
  return (
    <>
      <CompletenessLine {...{ through, completePct, missing, declaredLost, rejected }} />
      <Facts
        facts={[
          ['Records', `${count(newest.records)} of ${count(newest.highest)}`],
          ['Missing', missing === 0 ? 'none' : plural(missing, 'record')],
          ['Declared lost', declaredLost === 0 ? 'none' : plural(declaredLost, 'record')],
          ['Rejected', rejected === 0 ? 'none' : plural(rejected, 'record')],
        ]}
      />
      {newest.missingRanges.length > 0 && (
        <p className="muted small">
          Missing numbers{' '}
          {newest.missingRanges.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ')}
        </p>
      )}
      {earlier.map((journal) => (
        <p key={journal.epoch} className="muted small">
          Earlier journal {journal.epochNo}: {count(journal.records)} records
          {journal.declaredLost > 0 && `, ${count(journal.declaredLost)} declared lost`}
          {journal.closedAt !== null && '; what followed its last record is not known'}
        </p>
      ))}
    </>
  );
}
