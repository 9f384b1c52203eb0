import { type FuzzResult, packetsInARound } from './run.ts';

const megabytes = (bytes: number | null) => (bytes === null ? '?' : (bytes / 1024 / 1024).toFixed(0));

/** What happened, for people. */
export function fuzzReport({ seed, sent, packets, failures, memory, good }: FuzzResult): string {
  return [
    `fuzz       ${packets} packets, seed ${seed}`,
    ...Object.entries(sent).map(([name, count]) => `           ${name}: ${count}`),
    ...Object.entries(memory).map(
      ([name, { before, after }]) =>
        `memory     ${name}: ${megabytes(before)} MB in the second tenth, ${megabytes(after)} MB in the last`,
    ),
    ...failures
      .slice(0, 20)
      .map(
        ({ seed: round, what }) =>
          `failure    ${what}\n           again: npm run fuzz -- --packets ${packetsInARound} --seed ${round}`,
      ),
    good
      ? 'verdict    0 crashes, every service ready, an honest pump is heard'
      : `verdict    ${failures.length} failures`,
  ].join('\n');
}
