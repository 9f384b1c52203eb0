import { count, dayAndTimeWithSeconds, plural } from '../words.ts';

/** Completeness as a number: what is complete up to when, and what of it never comes. */
export type Complete = {
  through: string | null;
  completePct: number;
  missing: number;
  declaredLost: number;
  rejected: number;
};

/** `Complete through 14:03:22 · 99.98 % · 2 records declared lost`. */
export function CompletenessLine({ through, completePct, missing, declaredLost, rejected }: Complete) {
  const pct = Math.floor(completePct * 100) / 100;
  return (
    <p>
      <strong>
        {through === null ? (
          'Complete through: nothing yet'
        ) : (
          <>
            Complete through <time dateTime={through}>{dayAndTimeWithSeconds(Date.parse(through))}</time>
          </>
        )}
      </strong>
      {` · ${pct} %`}
      {missing > 0 && ` · ${plural(missing, 'record')} missing, being asked for`}
      {declaredLost > 0 && ` · ${plural(declaredLost, 'record')} declared lost`}
      {rejected > 0 && ` · ${count(rejected)} rejected`}
    </p>
  );
}
