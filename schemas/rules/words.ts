// Numbers as people read them: a leading zero, no trailing zero, no false precision (product.md, "Words").

/** At most four significant digits below 1,000, whole numbers with separators above: 28.8, 0.375, 5,250. */
export function spellNumber(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'endless' : '–';
  const size = Math.abs(value);
  if (size >= 1000) {
    const whole = String(Math.round(size)).replace(/\B(?=(\d{3})+$)/g, ',');
    return value < 0 ? `-${whole}` : whole;
  }
  const rounded = Number(value.toPrecision(4));
  if (Math.abs(rounded) >= 1e-6 || rounded === 0) return String(rounded);
  return rounded.toFixed(12).replace(/0+$/, '');
}

/** A span as people say it: 40 min, 3 h 58 min, 4 days. */
export function spellMinutes(minutes: number): string {
  const whole = Math.round(minutes);
  if (whole < 120) return `${whole} min`;
  const hours = Math.floor(whole / 60);
  if (hours < 72) return whole % 60 === 0 ? `${hours} h` : `${hours} h ${whole % 60} min`;
  return `${spellNumber(Math.round(whole / 144) / 10)} days`;
}

/** Our unit spelling on screen: m² for m2. */
export function spellUnit(unit: string): string {
  return unit.replace(/\bm2\b/, 'm²');
}
