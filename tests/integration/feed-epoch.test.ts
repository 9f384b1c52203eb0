import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { createDatabase } from '../../api/database.ts';
import { databaseForThisTest } from '../support/database.ts';

type Feed = { feedEpoch: string; head: number };

async function feedAt(url: string): Promise<[Feed, Feed]> {
  const options = { connections: 1, statementTimeoutMs: 5_000, connectTimeoutMs: 5_000, name: 'test' };
  const db = createDatabase({ url, ...options }, pino({ level: 'silent' }));
  try {
    const [head] = await db.query<Feed>('feed_head');
    const [board] = await db.query<Feed>('board_load');
    if (!head || !board) throw new Error('the feed has no row');
    return [head, board];
  } finally {
    await db.close();
  }
}

test('two databases made from one copy have feeds of their own: numbers of one mean nothing in the other', async () => {
  const [first, second] = await Promise.all([databaseForThisTest(), databaseForThisTest()]);
  for (const { pool } of [first, second]) {
    await pool.query(`update feed set feed_epoch = '8f0c2a6d-11b9-4e37-8f0c-2a6d11b94e37'`);
  }
  const [head, board] = await feedAt(first.url);
  expect(board.feedEpoch).toBe(head.feedEpoch);
  expect((await feedAt(first.url))[0]).toEqual(head);
  expect((await feedAt(second.url))[0].feedEpoch).not.toBe(head.feedEpoch);
});

test('telling them apart needs no rights beyond the tables', async () => {
  const { url, pool } = await databaseForThisTest();
  const role = `plain_${randomBytes(6).toString('hex')}`;
  await pool.query(
    `create role ${role} login password '${role}'; grant select on all tables in schema public to ${role}`,
  );
  onTestFinished(async () => {
    await pool.query(`drop owned by ${role}; drop role ${role}`);
  });
  const plain = new URL(url);
  plain.username = role;
  plain.password = role;
  expect((await feedAt(plain.href))[0]).toEqual((await feedAt(url))[0]);
});
