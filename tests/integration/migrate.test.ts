import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { migrate } from '../../scripts/migrate.ts';
import { databaseForThisTest, emptyDatabaseForThisTest } from '../support/database.ts';

function migrations(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'dripwatch-migrations-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, sql] of Object.entries(files)) writeFileSync(join(folder, name), sql);
  return folder;
}

test('a migrated database needs nothing more', async () => {
  const database = await databaseForThisTest();
  expect(await migrate(database.url)).toBe(0);
});

test('two runners at once apply each migration once', async () => {
  const database = await emptyDatabaseForThisTest();
  const applied = await Promise.all([migrate(database.url), migrate(database.url)]);
  const { rows } = await database.pool.query(
    'SELECT count(*)::int AS versions, max(version) AS newest FROM schema_migration',
  );
  expect(applied[0] + applied[1]).toBe(rows[0].versions);
  expect(rows[0].newest).toBe(rows[0].versions);
});

test('a database newer than the code is refused and left alone', async () => {
  const database = await databaseForThisTest();
  await database.pool.query("INSERT INTO schema_migration (version, name) VALUES (999999, 'from_the_future')");
  await expect(migrate(database.url)).rejects.toThrow(/version 999999, newer than this code/);
});

test('a failing migration leaves no trace and those before it stay', async () => {
  const database = await emptyDatabaseForThisTest();
  const folder = migrations({
    '000001_good.sql': 'create table good (a int)',
    '000002_bad.sql': 'create table half (a int); select no_such_function();',
  });
  await expect(migrate(database.url, { folder })).rejects.toThrow(/000002_bad\.sql: function no_such_function/);
  const { rows } = await database.pool.query("SELECT to_regclass('good') AS good, to_regclass('half') AS half");
  expect(rows[0]).toEqual({ good: 'good', half: null });
  expect((await database.pool.query('SELECT version FROM schema_migration')).rows).toEqual([{ version: 1 }]);
});

test('a hole in the numbers is refused before anything is touched', async () => {
  const database = await emptyDatabaseForThisTest();
  const folder = migrations({ '000001_a.sql': 'select 1', '000003_c.sql': 'select 1' });
  await expect(migrate(database.url, { folder })).rejects.toThrow(/000003_c\.sql: expected number 2/);
});

test('a renamed migration is refused', async () => {
  const database = await emptyDatabaseForThisTest();
  await migrate(database.url, { folder: migrations({ '000001_old.sql': 'select 1' }) });
  await expect(migrate(database.url, { folder: migrations({ '000001_new.sql': 'select 1' }) })).rejects.toThrow(
    /“old”.*“new”/,
  );
});

test('a migration that was edited after it was applied is refused', async () => {
  const database = await emptyDatabaseForThisTest();
  await migrate(database.url, { folder: migrations({ '000001_a.sql': 'select 1' }) });
  await expect(migrate(database.url, { folder: migrations({ '000001_a.sql': 'select 2' }) })).rejects.toThrow(
    /000001_a\.sql is not the file that made this database/,
  );
});
