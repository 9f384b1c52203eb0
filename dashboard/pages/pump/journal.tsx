import type { PumpDetail } from '#schemas/http/administration.ts';
import { At } from '../../components/age.tsx';
import { Facts } from '../../components/facts.tsx';
import { count, plural } from '../../words.ts';

/** How complete the newest journal is, as a number; earlier ones in a line each. */
export function Journal({ journals }: { journals: PumpDetail['journals'] }) {
  const [newest, ...earlier] = [...journals].sort((a, b) => b.epochNo - a.epochNo);
  if (newest === undefined) return <p className="muted">No record yet.</p>;
  const pct = Math.floor(newest.completePct * 100) / 100;
  return (
    <>
      <Facts
        facts={[
          ['Complete', `${pct} %`],
          ['Through', newest.completeThrough === null ? null : <At key="at" at={newest.completeThrough} />],
          ['Records', `${count(newest.records)} of ${count(newest.highest)}`],
          ['Missing', newest.missing === 0 ? 'none' : `${plural(newest.missing, 'record')}, being filled`],
          ['Declared lost', newest.declaredLost === 0 ? 'none' : plural(newest.declaredLost, 'record')],
          ['Rejected', newest.rejected === 0 ? 'none' : plural(newest.rejected, 'record')],
        ]}
      />
      {newest.missingRanges.length > 0 && (
        <p className="muted small">
          Missing numbers{' '}
          {newest.missingRanges.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ')}
        </p>
      )}
      {earlier.length > 0 && <p className="muted small">{plural(earlier.length, 'earlier journal')} of this pump.</p>}
    </>
  );
}
