import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startCluster } from '../../scripts/database/cluster.ts';
import { stopLeftover } from '../../scripts/database/leftover.ts';
import { migrate } from '../../scripts/migrate.ts';
import { livingPid, notePid } from '../../scripts/supervisor/processes.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A server's administrative database, and the migrated database to clone (null: migrate each anew). */
    databaseServer: { adminUrl: string; template: string | null };
  }
}

/**
 * One database server per test run: the one of TEST_DATABASE_URL, else an embedded one that is thrown away afterwards.
 */
export default async function setUpDatabaseServer(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL;
  const server = given === undefined || given === '' ? await startThrowAway() : { url: given, close: async () => {} };
  const template = `dripwatch_template_${process.pid}`;
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  const { rows } = await admin.query("SELECT 1 FROM pg_available_extensions WHERE name = 'timescaledb'");
  // TimescaleDB's workers sit in a template database and make cloning it fail now and then.
  const clonable = rows.length === 0;
  if (clonable) {
    await admin.query(`CREATE DATABASE ${template}`);
    await migrate(withDatabase(server.url, template));
  }
  project.provide('databaseServer', { adminUrl: server.url, template: clonable ? template : null });

  return async () => {
    if (clonable) await admin.query(`DROP DATABASE IF EXISTS ${template} WITH (FORCE)`);
    await admin.end();
    await server.close();
  };
}

/** The same server, another database. */
export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

const prefix = 'dripwatch-test-';

async function startThrowAway(): Promise<{ url: string; close: () => Promise<void> }> {
  await removeForgotten();
  const dataDir = mkdtempSync(join(tmpdir(), prefix));
  notePid(join(dataDir, 'owner.json'), process.pid);
  const cluster = await startCluster({ dataDir, engine: 'embedded', durable: false });
  return {
    url: cluster.url,
    close: async () => {
      await cluster.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Stops and removes the servers of test runs that were killed before they could do it themselves. */
async function removeForgotten(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((name) => name.startsWith(prefix))) {
    const dataDir = join(tmpdir(), name);
    const owner = join(dataDir, 'owner.json');
    if (!existsSync(owner) || livingPid(owner) !== null) continue;
    await stopLeftover(join(dataDir, 'database'));
    rmSync(dataDir, { recursive: true, force: true });
  }
}
