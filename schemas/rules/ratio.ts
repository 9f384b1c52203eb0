import { spellNumber, spellUnit } from './words.ts';

// Confusions leave a ratio behind: a decimal point (10, 100), a day for an hour (24), an hour for a minute (60), a day
// for a minute (1,440), milligrams for micrograms (1,000).

const telling = [10, 24, 60, 100, 1000, 1440] as const;

export type NamedRatio = { factor: number; divided: boolean };

/**
 * The telling ratio that two values are near, or null.
 * @param tolerancePct how near, percent of the ratio
 */
export function nameRatio(actual: number, expected: number, tolerancePct: number): NamedRatio | null {
  if (!(actual > 0) || !(expected > 0)) return null;
  const divided = actual < expected;
  const ratio = divided ? expected / actual : actual / expected;
  const factor = telling.find((known) => Math.abs(ratio / known - 1) * 100 <= tolerancePct + 1e-9);
  return factor === undefined ? null : { factor, divided };
}

/** `28.8 mL/h is 24 times the ordered 1.2 mL/h`, `… is 1/10 of …`, `… is 18 % above …`. */
export function ratioWords(actual: number, expected: number, unit: string, named: NamedRatio | null): string {
  const spelled = (value: number) => `${spellNumber(value)} ${spellUnit(unit)}`;
  const [is, ordered] = [spelled(actual), spelled(expected)];
  if (named) {
    const ratio = named.divided ? expected / actual : actual / expected;
    const about = Math.abs(ratio / named.factor - 1) > 0.005 ? 'about ' : '';
    const factor = spellNumber(named.factor);
    return named.divided
      ? `${is} is ${about}1/${factor} of the ordered ${ordered}`
      : `${is} is ${about}${factor} times the ordered ${ordered}`;
  }
  if (actual >= 2 * expected) {
    return `${is} is ${spellNumber(Number((actual / expected).toPrecision(2)))} times the ordered ${ordered}`;
  }
  const pct = spellNumber(Math.round(Math.abs(actual / expected - 1) * 1000) / 10);
  return `${is} is ${pct} % ${actual > expected ? 'above' : 'below'} the ordered ${ordered}`;
}
