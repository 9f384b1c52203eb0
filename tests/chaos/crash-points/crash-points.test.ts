import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { databaseForThisTest } from '../../support/database.ts';
import { waitFor } from '../../support/wait-for.ts';
import { type CommitCut, startCommitLink } from './commit-link.ts';
import { crashPointsReport } from './report.ts';
import { runCrashPoints } from './run.ts';

// The COMMIT that breaks is below, and kills are in tests/system/kill.test.ts; this has both at once.
test.runIf(process.env.LONG_TESTS === '1')(
  'ingest killed around its COMMIT, or cut off in it, loses nothing',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dripwatch-crash-points-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const result = await runCrashPoints({
      // All of them, alone and often: `npm run crash-points`.
      rounds: [['answer-lost', 'commit-sent']],
      times: 1,
      pumps: 8,
      seed: 3,
      folder,
      log: () => {},
      signal: new AbortController().signal,
    });
    const report = crashPointsReport(result);
    process.stderr.write(`${report}\n`);
    expect(result.good, report).toBe(true);
    expect(result.rounds[0]).toMatchObject({ happened: result.rounds[0]?.wanted });
    expect(result.together.records.stored).toBeGreaterThan(8);
  },
  120_000,
);

test.each<[CommitCut, boolean]>([
  ['commit-lost', false],
  ['answer-lost', true],
  ['commit-late', true],
])('a link that breaks with %s leaves its client without an answer, and the rows stored: %s', async (cut, stored) => {
  const database = await databaseForThisTest();
  await database.pool.query('create table kept (n int)');
  const link = await startCommitLink(Number(new URL(database.url).port));
  onTestFinished(link.close);
  const url = new URL(database.url);
  url.port = `${link.port}`;
  const client = new pg.Client({ connectionString: url.href });
  client.on('error', () => {});
  await client.connect();
  await client.query('begin');
  await client.query('insert into kept values (1)');
  const broken = link.cutNext(cut);
  await expect(client.query('commit')).rejects.toThrow();
  await broken;
  // Where COMMIT never came, the server drops the row once it sees that its client is gone.
  const waiting = async () =>
    (await database.pool.query("select 1 from pg_stat_activity where state = 'idle in transaction'")).rowCount === 0;
  await waitFor(waiting, { what: 'no transaction to be open' });
  expect((await database.pool.query('select 1 from kept')).rowCount).toBe(stored ? 1 : 0);
});
