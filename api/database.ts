import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { Logger } from 'pino';

const sqlFolder = join(import.meta.dirname, 'sql');

/**
 * Every query of the api, one per file, read once. A line `--@ name` stands for the content of `name.sql`, so that what
 * several queries select is written down once.
 */
function readQueries(): ReadonlyMap<string, string> {
  const files = new Map(
    readdirSync(sqlFolder)
      .filter((file) => file.endsWith('.sql'))
      .map((file) => [file.slice(0, -4), readFileSync(join(sqlFolder, file), 'utf8')]),
  );
  const expand = (text: string): string =>
    text.replace(/^--@ (\S+)$/gm, (_line, name: string) => {
      const part = files.get(name);
      if (part === undefined) throw new Error(`sql/${name}.sql does not exist`);
      return expand(part);
    });
  return new Map([...files].map(([name, text]) => [name, expand(text)]));
}

// Read at load, since a process either has its queries or is not fit to run; never changed afterwards.
const queries = readQueries();

/** The text of `sql/<name>.sql`. */
function sql(name: string): string {
  const text = queries.get(name);
  if (text === undefined) throw new Error(`sql/${name}.sql does not exist`);
  return text;
}

const int8 = 20;
const types: pg.CustomTypesConfig = {
  // bigint: sequence numbers and counts, all exact in a double (schemas/messages/record.ts: z.int()).
  getTypeParser: (oid, format) => (oid === int8 ? Number : pg.types.getTypeParser(oid, format)),
};

type Rows<T> = Promise<T[]>;
export type Query = <T extends pg.QueryResultRow>(name: string, values?: readonly unknown[]) => Rows<T>;

/** The api's way to the database: named queries, alone or in one transaction. */
export type Database = {
  /** Runs `sql/<name>.sql` by itself. */
  query: Query;
  /** Runs several in one transaction; whatever throws rolls all of it back. */
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

export type DatabaseOptions = {
  url: string;
  connections: number;
  statementTimeoutMs: number;
  connectTimeoutMs: number;
  name: string;
};

/** Connects lazily: making one does no IO and it survives any outage of the server. */
export function createDatabase(options: DatabaseOptions, log: Logger): Database {
  const { url, connections, statementTimeoutMs, connectTimeoutMs, name } = options;
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: 30_000,
    // One above, so that the server's own time-out is what is normally seen; ours covers a half-open link.
    query_timeout: statementTimeoutMs + 1_000,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: 5_000,
    keepAlive: true,
    application_name: name,
    // Our queries are many and short: where a server compiles what its planner calls costly, they took ten times as long.
    options: '-c jit=off',
    types,
  });
  // An idle connection broke; the pool has dropped it and the next query opens another.
  pool.on('error', (error) => log.warn({ err: error }, 'an idle database connection broke'));

  const queryOn =
    (client: pg.Pool | pg.PoolClient): Query =>
    async (file, values = []) => {
      const result = await client.query(sql(file), [...values]);
      return result.rows;
    };

  return {
    query: queryOn(pool),
    transaction: async (work) => {
      const client = await pool.connect();
      let broken: Error | undefined;
      // A checked-out client reports a broken link as an event too; the query that meets it throws.
      const onError = (error: Error) => {
        broken = error;
      };
      client.on('error', onError);
      try {
        await client.query('begin');
        const result = await work(queryOn(client));
        await client.query('commit');
        return result;
      } catch (error) {
        await client.query('rollback').catch((failure: Error) => {
          broken = failure;
        });
        throw error;
      } finally {
        client.off('error', onError);
        client.release(broken);
      }
    },
    close: () => pool.end(),
  };
}

const outageCodes = /^(08|53|57|40001|40P01|25006|25P03)|^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|EAI_|ENOTFOUND)/;

/** True for errors that say "not now": the link, a time-out, a shutdown, a read-only standby, a serialisation. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.some(isDatabaseAway);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (outageCodes.test(code)) return true;
  return /Connection terminated|timeout exceeded when trying to connect|Query read timeout|not queryable/.test(
    error.message,
  );
}

/** True where a unique index refused the row. */
export function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23505';
}
