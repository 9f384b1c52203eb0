import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fuzzReport } from './report.ts';
import { runFuzz } from './run.ts';
import { keptSeeds } from './seeds.ts';

test.each(keptSeeds)(
  'seed %i: wrong packets, payloads, requests and frames end no service',
  async (seed) => {
    const folder = mkdtempSync(join(tmpdir(), 'dripwatch-fuzz-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const { signal } = new AbortController();
    const result = await runFuzz({ packets: 1_000, seed, folder, log: () => {}, signal });
    const report = fuzzReport(result);
    process.stderr.write(`${report}\n`);
    expect(result.good, report).toBe(true);
    expect(Object.values(result.sent).every((count) => count > 0)).toBe(true);
  },
  120_000,
);
