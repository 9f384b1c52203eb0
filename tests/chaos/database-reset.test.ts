import { expect, onTestFinished, test } from 'vitest';
import { openPool } from '../../ingest/database.ts';
import { databaseForThisTest } from '../support/database.ts';
import { startTcpLink } from './tcp-link.ts';

test('a database link reset while a writer holds its connection fails the query and not the process', async () => {
  const { url } = await databaseForThisTest();
  const link = await startTcpLink(Number(new URL(url).port));
  onTestFinished(link.close);
  const through = new URL(url);
  through.port = `${link.port}`;
  const pool = openPool(through.href, 1);
  pool.on('error', () => {});
  onTestFinished(() => pool.end());

  const client = await pool.connect();
  const waiting = client.query('select pg_sleep(10)');
  link.disturb('reset');
  await expect(waiting).rejects.toThrow('ECONNRESET');
  client.release(true);
  link.mend();
  await expect(pool.query('select 1 as one')).resolves.toMatchObject({ rows: [{ one: 1 }] });
});
