/**
 * Flags of Node itself for single services. ingest: a record lives for one transaction, about 100 ms; with the default
 * young generation (16 MB) many are moved to the old one before they die, which costs a fifth of the CPU per message.
 * docker-compose.yml says the same.
 */
export const nodeFlags: Readonly<Record<string, readonly string[]>> = { ingest: ['--max-semi-space-size=32'] };
