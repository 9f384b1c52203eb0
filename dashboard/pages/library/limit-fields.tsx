import type { ReactNode } from 'react';
import { type LimitTexts, limitLevels, type limitProperties } from './entry-draft.ts';
import styles from './library.module.css';

const remarks = [
  ['reason', 'reason'],
  ['reference', 'reference'],
  ['review date', 'review date, such as 2027-06-30'],
] as const;

/** The four limits of one quantity, as text: `10`, or `1.25 × order`; with reason, reference and review date. */
export function LimitFields({
  limit: { property, unit, ofDose },
  texts,
  doseUnit,
  change,
  children,
}: {
  limit: (typeof limitProperties)[number];
  texts: LimitTexts | undefined;
  doseUnit: string;
  change: (texts: LimitTexts) => void;
  children: ReactNode;
}) {
  if (texts === undefined) return null;
  const fixed = ofDose ? doseUnit : unit;
  const set = (cell: keyof LimitTexts) => (value: string) => change({ ...texts, [cell]: value });
  return (
    <fieldset className={styles.limit}>
      <legend>{property}</legend>
      {limitLevels.map((level) => (
        <Cell key={level} label={level} value={texts[level]} set={set(level)} />
      ))}
      {fixed !== null ? <span>{fixed}</span> : <Cell label="unit" value={texts.unit} set={set('unit')} />}
      {(limitLevels.some((level) => texts[level] !== '') || texts.reason !== '') && (
        <span className={styles.whole}>
          {remarks.map(([cell, label]) => (
            <Cell key={cell} label={label} value={texts[cell]} set={set(cell)} />
          ))}
        </span>
      )}
      {children}
    </fieldset>
  );
}

function Cell({ label, value, set }: { label: string; value: string; set: (value: string) => void }) {
  return (
    <label>
      {label}
      <input value={value} autoComplete="off" onChange={(event) => set(event.currentTarget.value)} />
    </label>
  );
}
