// What a proof found: figures for people, and what had to hold.

export type Check = { what: string; holds: boolean };

export type ProofResult = {
  proof: string;
  /** In the order in which they are read: a name, and the figure with its unit. */
  figures: readonly (readonly [name: string, figure: string])[];
  checks: readonly Check[];
  good: boolean;
};

export function proofResult(proof: string, figures: ProofResult['figures'], checks: readonly Check[]): ProofResult {
  return { proof, figures, checks, good: checks.every(({ holds }) => holds) };
}

/** The result for people. */
export function resultText({ proof, figures, checks, good }: ProofResult): string {
  const wide = Math.max(...figures.map(([name]) => name.length));
  return [
    `proof      ${proof}`,
    ...figures.map(([name, figure]) => `  ${name.padEnd(wide)}  ${figure}`),
    ...checks.map(({ what, holds }) => `  ${holds ? 'holds   ' : 'VIOLATED'}  ${what}`),
    `verdict    ${good ? 'proven' : 'NOT PROVEN'}`,
  ].join('\n');
}

/** The value below which this share (0…1) of the values lies, by nearest rank; NaN of nothing. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** 1234567.8 → 1,234,568 */
export const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
/** Bytes → 12.3 MB */
export const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`;
/** Milliseconds → 12 ms, or 3.4 s from a second on */
export const duration = (ms: number): string => (ms < 1_000 ? `${ms.toFixed(0)} ms` : `${(ms / 1_000).toFixed(1)} s`);
