/**
 * Flags of Node itself for single services; docker-compose.yml says the same.
 *
 * `heap-growing-percent`: how far beyond what it lives with a heap may grow before it is collected. By itself V8 takes up to
 * four times: 20 to 60 MB breathe up to 230, and a leak could hide in there.
 *
 * `max-semi-space-size` of ingest: a record lives for one transaction, about 100 ms; with the default young generation
 * (16 MB) many are moved to the old one before they die, which costs a fifth of the CPU per message.
 */
export const nodeFlags: Readonly<Record<string, readonly string[]>> = {
  broker: ['--heap-growing-percent=100'],
  ingest: ['--heap-growing-percent=100', '--max-semi-space-size=32'],
  api: ['--heap-growing-percent=50'],
};
