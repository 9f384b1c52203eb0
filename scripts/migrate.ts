import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

export interface MigrateOptions {
  /** Called with a line for a person for each migration that is applied. */
  log?: (line: string) => void;
  /** Folder of `NNNNNN_name.sql` files; default: schemas/db. */
  folder?: string;
}

interface Migration {
  version: number;
  name: string;
  file: string;
  sql: string;
  /** Of `sql`: a migration that was applied anywhere is never edited. */
  sha256: string;
}

const schemaFolder = fileURLToPath(new URL('../schemas/db', import.meta.url));

/** Any two numbers that nobody else uses for an advisory lock: 'drip' and the migrations. */
const lock = [0x64726970, 1];

/**
 * Brings a database to the version of this code. Forward only, one transaction per migration, safe when several
 * processes do it at once.
 *
 * @returns how many migrations were applied
 * @throws Error when the database is newer than the code, has another history, or a migration fails
 */
export async function migrate(databaseUrl: string, options: MigrateOptions = {}): Promise<number> {
  const { log = () => {}, folder = schemaFolder } = options;
  const migrations = readMigrations(folder);
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'dripwatch migrate' });
  await client.connect();
  try {
    let applied = 0;
    for (const migration of migrations) {
      if (!(await applyOnce(client, migration, migrations))) continue;
      log(`migrated the database to ${migration.file}`);
      applied += 1;
    }
    return applied;
  } finally {
    await client.end();
  }
}

/** The migrations of a folder in order; numbers must run from 1 without a gap. */
function readMigrations(folder: string): Migration[] {
  const files = readdirSync(folder).filter((file) => /^\d{6}_.+\.sql$/.test(file));
  return files.sort().map((file, index) => {
    const version = Number.parseInt(file, 10);
    if (version !== index + 1)
      throw new Error(`${file}: expected number ${index + 1}; two files share one or one is missing`);
    const sql = readFileSync(join(folder, file), 'utf8');
    return { version, name: file.slice(7, -4), file, sql, sha256: createHash('sha256').update(sql).digest('hex') };
  });
}

/** Applies one migration unless it was applied before; true when it was applied now. */
async function applyOnce(client: pg.Client, migration: Migration, known: Migration[]): Promise<boolean> {
  await client.query('BEGIN');
  try {
    // Held to the end of the transaction, so that a second runner waits and then finds the record.
    await client.query('SELECT pg_advisory_xact_lock($1, $2)', lock);
    await client.query(`CREATE TABLE IF NOT EXISTS schema_migration (
      version integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`);
    await client.query('ALTER TABLE schema_migration ADD COLUMN IF NOT EXISTS sha256 text');
    const before = await client.query<{ version: number; name: string; sha256: string | null }>(
      'SELECT version, name, sha256 FROM schema_migration',
    );
    for (const { version, name, sha256 } of before.rows) {
      const ours = known.find((one) => one.version === version);
      if (ours === undefined)
        throw new Error(`the database is at version ${version}, newer than this code (${known.length})`);
      if (ours.name !== name)
        throw new Error(`version ${version} of the database is “${name}”, here it is “${ours.name}”`);
      if (sha256 !== null && sha256 !== ours.sha256)
        throw new Error(`${ours.file} is not the file that made this database; a change needs a file of its own`);
    }
    const isNew = before.rows.every((row) => row.version !== migration.version);
    if (isNew) {
      await client.query('INSERT INTO schema_migration (version, name, sha256) VALUES ($1, $2, $3)', [
        migration.version,
        migration.name,
        migration.sha256,
      ]);
      await client.query(migration.sql);
    }
    await client.query('COMMIT');
    return isNew;
  } catch (error) {
    await client.query('ROLLBACK');
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`migration ${migration.file}: ${reason}`, { cause: error });
  }
}
