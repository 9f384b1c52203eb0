import pg from 'pg';
import { type QueryName, sql } from './sql.ts';

/** Longer than this, a database that answers nothing counts as away, ms. */
export const databaseTimeoutMs = 10_000;

/** Connections of one ingest process: one per writer and three for leases, loading and care. */
export function openPool(databaseUrl: string, connections: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: connections,
    connectionTimeoutMillis: 5_000,
    query_timeout: databaseTimeoutMs,
    statement_timeout: databaseTimeoutMs,
    idle_in_transaction_session_timeout: 5_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
    application_name: 'dripwatch-ingest',
    options:
      '-c jit=off -c timezone=UTC -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3',
  });
  // A link that is reset while a writer holds its connection is told twice: the query fails, which the writer handles,
  // and the connection says so itself, which would end this process if nobody listened. The pool listens to idle ones only.
  pool.on('connect', (client) => {
    client.on('error', () => {});
  });
  return pool;
}

type Queryable = { query<R extends pg.QueryResultRow>(config: pg.QueryConfig): Promise<pg.QueryResult<R>> };

/** Runs one of sql/'s queries, prepared once per connection. */
export function run<R extends pg.QueryResultRow>(
  client: Queryable,
  name: QueryName,
  values: unknown[],
): Promise<pg.QueryResult<R>> {
  return client.query<R>({ name, text: sql[name], values });
}

/** What an error of the database means for the batch that met it. */
export type Failure =
  /** The connection, the server or another transaction: the outcome is unknown, the same may be tried again. */
  | 'retry'
  /** Something in the batch can't be stored: find it. */
  | 'bad-record';

/** A record that our own code could not turn into rows: what it did to memory is not to be trusted. */
export class Unbuildable extends Error {
  override name = 'Unbuildable';
}

/** Classes 22 and 23 other than 23505 are the data's fault; 23505 is another writer, never a bad record. */
export function judgeFailure(error: unknown): Failure {
  if (error instanceof Unbuildable) return 'bad-record';
  const code = error instanceof pg.DatabaseError ? error.code : undefined;
  if (code === undefined || code === '23505') return 'retry';
  return code.startsWith('22') || code.startsWith('23') ? 'bad-record' : 'retry';
}
