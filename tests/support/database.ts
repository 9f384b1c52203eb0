import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject, onTestFinished } from 'vitest';
import { migrate } from '../../scripts/migrate.ts';
import { withDatabase } from './database-server.ts';

export interface TestDatabase {
  url: string;
  pool: pg.Pool;
  /** Disconnects everybody and drops the database. */
  close: () => Promise<void>;
}

/**
 * A migrated database of its own for a test file, empty but for what migrations put there. Call in `beforeAll` and its
 * `close` in `afterAll`; closing also cuts clients that a failed test left behind.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const { template } = inject('databaseServer');
  const database = await createDatabase(template);
  if (template === null) await migrate(database.url);
  return database;
}

/** Like {@link testDatabase}, closed when the running test ends. */
export async function databaseForThisTest(): Promise<TestDatabase> {
  const database = await testDatabase();
  onTestFinished(database.close);
  return database;
}

/** A database without any table, closed when the running test ends. */
export async function emptyDatabaseForThisTest(): Promise<TestDatabase> {
  const database = await createDatabase(null);
  onTestFinished(database.close);
  return database;
}

async function createDatabase(template: string | null): Promise<TestDatabase> {
  const { adminUrl } = inject('databaseServer');
  const name = `dripwatch_test_${randomBytes(6).toString('hex')}`;
  await asAdmin(adminUrl, `CREATE DATABASE ${name}${template === null ? '' : ` TEMPLATE ${template}`}`);
  const url = withDatabase(adminUrl, name);
  // As the services' own connections (api/database.ts).
  const pool = new pg.Pool({ connectionString: url, max: 8, options: '-c jit=off' });
  // The server cuts idle connections when the database is dropped; that is not the test's error.
  pool.on('error', () => {});
  return {
    url,
    pool,
    close: async () => {
      await pool.end();
      await asAdmin(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

async function asAdmin(adminUrl: string, statement: string): Promise<void> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    await admin.query(statement);
  } finally {
    await admin.end();
  }
}
