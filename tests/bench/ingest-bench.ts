import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { demoLibrary } from '#schemas/library/demo-library.ts';
import { topicPrefix } from '#schemas/topics.ts';
import { shardOfPump } from '../../ingest/ids.ts';
import { startCluster } from '../../scripts/database/cluster.ts';
import { migrate } from '../../scripts/migrate.ts';
import { answer, cpuMicros, startProcess, stopProcess } from '../support/processes.ts';
import { benchRules, type RulesResult } from './rules-bench.ts';

export type GeneratorPump = { id: string; token: string; prefix: string };

export type IngestRun = {
  messagesPerS: number;
  brokerMicrosPerMessage: number;
  ingestMicrosPerMessage: number;
  databaseRows: number;
};

export type IngestResult = {
  messages: number;
  pumps: number;
  rounds: { floor: IngestRun; dripwatch: IngestRun }[];
  /** Medians over the rounds of the ratio within one round. */
  ratio: { messages: number; ingestCpu: number; brokerCpu: number };
  /** In process: the rules' part of a record. */
  rules: RulesResult;
};

/** Messages under way at most: more than a pipeline needs to be busy, less than ingest would ever drop. */
const inPipe = 20_000;

type Pipeline = { port: number; brokerPid: number; ingestPid: number; close: () => Promise<void> };
type Options = {
  messages: number;
  pumps: number;
  rounds: number;
  databaseUrl: string | null;
  log: (line: string) => void;
};

/** Floor and Dripwatch in turn, on the same database server, under the same generator. */
export async function benchIngest(options: Options): Promise<IngestResult> {
  const dataDir = mkdtempSync(join(tmpdir(), 'dripwatch-bench-'));
  const cluster = options.databaseUrl ? null : await startCluster({ dataDir: join(dataDir, 'pg') });
  const databaseUrl = options.databaseUrl ?? cluster?.url ?? '';
  const db = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  try {
    await migrate(databaseUrl);
    await db.query('create table if not exists floor_telemetry (like telemetry)');
    await db.query('alter table floor_telemetry alter late drop not null');
    await db.query('create index if not exists floor_by_pump on floor_telemetry (pump_id, at desc)');
    const pumps = await provision(db, options.pumps);
    await putOnRecord(db);
    const rounds: IngestResult['rounds'] = [];
    for (let round = 0; round < options.rounds; round += 1) {
      options.log(`round ${round + 1} of ${options.rounds}: floor`);
      const floor = await measure(options, pumps, db, 'floor_telemetry', await startFloor(databaseUrl));
      options.log(`round ${round + 1} of ${options.rounds}: dripwatch`);
      const dripwatch = await measure(options, pumps, db, 'telemetry', await startDripwatch(databaseUrl, dataDir));
      rounds.push({ floor, dripwatch });
    }
    const ratio = (pick: (run: IngestRun) => number) => median(rounds.map((r) => pick(r.dripwatch) / pick(r.floor)));
    return {
      messages: options.messages,
      pumps: options.pumps,
      rounds,
      ratio: {
        messages: ratio((run) => run.messagesPerS),
        ingestCpu: ratio((run) => run.ingestMicrosPerMessage),
        brokerCpu: ratio((run) => run.brokerMicrosPerMessage),
      },
      rules: benchRules(),
    };
  } finally {
    await db.end();
    await cluster?.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function provision(db: pg.Pool, count: number): Promise<GeneratorPump[]> {
  const pumps: GeneratorPump[] = [];
  for (let i = 1; i <= count; i += 1) {
    const id = `BENCH-${String(i).padStart(5, '0')}`;
    const token = randomBytes(32).toString('base64url');
    const shard = shardOfPump(id);
    await db.query(
      `insert into pump (pump_id, shard, model, serial) values ($1, $2, 'bench', $1) on conflict do nothing`,
      [id, shard],
    );
    await db.query('insert into credential (pump_id, token_hash) values ($1, $2)', [
      id,
      createHash('sha256').update(token).digest(),
    ]);
    pumps.push({ id, token, prefix: topicPrefix(shard, id) });
  }
  return pumps;
}

/** Every pump has a patient with a verified order, and a drug library is published: the whole second check runs. */
async function putOnRecord(db: pg.Pool): Promise<void> {
  await db.query(`
    insert into app_user (email, name, role, password_hash)
    values ('one@bench', 'One', 'pharmacist', ''), ('two@bench', 'Two', 'pharmacist', '') on conflict do nothing`);
  await db.query(`
    insert into patient (reference, initials, name, weight_kg, bsa_m2)
    select 'P-' || pump_id, 'B.', 'Bench', 80, 1.8 from pump on conflict do nothing`);
  await db.query(`
    insert into therapy (reference, patient_id, drug, care_area, status, schedule, created_by)
    select 'TH-' || reference, patient_id, 'DOBUTamine', 'inotropes', 'active', '{}', (select user_id from app_user where email = 'one@bench')
      from patient on conflict do nothing`);
  await db.query(`
    insert into therapy_order (therapy_id, version, state, drug, mode, concentration, rate_ml_per_h, volume_ml, overfill_ml,
                               duration_min, weight_kg, source, created_by, verified_by, verified_at)
    select therapy_id, 1, 'verified', 'DOBUTamine', 'continuous', '{"amount": 4000, "unit": "mcg", "perMl": 1}', 5, 250, 15,
           3000, 80, 'entered', one.user_id, two.user_id, now()
      from therapy, app_user one, app_user two
     where one.email = 'one@bench' and two.email = 'two@bench' on conflict do nothing`);
  await db.query(`
    insert into assignment (pump_id, patient_id, from_at, verified, created_by)
    select pump_id, patient_id, now() - interval '1 day', '{}', (select user_id from app_user where email = 'one@bench')
      from pump join patient on patient.reference = 'P-' || pump_id on conflict do nothing`);
  const library = await db.query(`
    insert into drug_library (name, created_by) select 'Demo library', user_id from app_user where email = 'one@bench'
    on conflict do nothing returning library_id`);
  if (library.rowCount === 0) return;
  await db.query(
    `insert into library_version (library_id, version, content, state, authors, created_by, changed_by, approved_by,
                                  approved_at, published_by, published_at)
     select $1, 1, $2, 'published', array[one.user_id], one.user_id, one.user_id, two.user_id, now(), one.user_id, now()
       from app_user one, app_user two where one.email = 'one@bench' and two.email = 'two@bench'`,
    [library.rows[0].library_id, JSON.stringify(demoLibrary())],
  );
}

async function startFloor(databaseUrl: string): Promise<Pipeline> {
  const broker = startProcess('tests/bench/floor-broker.ts', []);
  const { port } = await answer<{ port: number }>(broker, 'port');
  const ingest = startProcess('tests/bench/floor-ingest.ts', [`mqtt://127.0.0.1:${port}`, databaseUrl]);
  await answer(ingest, 'ready');
  const close = async () => {
    await stopProcess(ingest);
    await stopProcess(broker);
  };
  return { port, brokerPid: broker.pid ?? 0, ingestPid: ingest.pid ?? 0, close };
}

async function startDripwatch(databaseUrl: string, dataDir: string): Promise<Pipeline> {
  const token = () => randomBytes(32).toString('base64url');
  const serviceTokens = { 'svc-ingest': token(), 'svc-api': token(), 'svc-watchdog': token(), 'svc-sim': token() };
  writeFileSync(join(dataDir, 'secrets.json'), JSON.stringify({ serviceTokens }), { mode: 0o600 });
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const env = { DATABASE_URL: databaseUrl, DATA_DIR: dataDir, LOG_LEVEL: 'warn' };
  const broker = startProcess('broker/main.ts', [], { ...env, MQTT_PORT: `${port}`, BROKER_HTTP_PORT: `${port + 1}` });
  await untilReady(port + 1);
  const ingest = startProcess('ingest/main.ts', [], {
    ...env,
    MQTT_URL: `mqtt://127.0.0.1:${port}`,
    INGEST_HTTP_PORT: `${port + 2}`,
  });
  await untilReady(port + 2);
  const close = async () => {
    await stopProcess(ingest);
    await stopProcess(broker);
  };
  return { port, brokerPid: broker.pid ?? 0, ingestPid: ingest.pid ?? 0, close };
}

async function untilReady(port: number): Promise<void> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await delay(100)) {
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
  }
  throw new Error(`nothing is ready on port ${port}`);
}

async function measure(
  options: Options,
  pumps: GeneratorPump[],
  db: pg.Pool,
  table: string,
  pipeline: Pipeline,
): Promise<IngestRun> {
  const generator = startProcess('tests/bench/generator.ts', []);
  try {
    await db.query(`truncate ${table}`);
    await db.query('truncate journal, pump_state, infusion, infusion_check, dose_span, dose_giver');
    const committed = async () => Number((await db.query(`select count(*) as n from ${table}`)).rows[0].n);
    generator.send({ connect: { port: pipeline.port, pumps } });
    await answer(generator, 'connected');

    const warmUp = Math.ceil(options.messages / 5);
    await until(committed, generator, warmUp);
    const cpu = { broker: cpuMicros(pipeline.brokerPid), ingest: cpuMicros(pipeline.ingestPid) };
    const began = process.hrtime.bigint();
    await until(committed, generator, warmUp + options.messages);
    const seconds = Number(process.hrtime.bigint() - began) / 1e9;
    return {
      messagesPerS: options.messages / seconds,
      brokerMicrosPerMessage: (cpuMicros(pipeline.brokerPid) - cpu.broker) / options.messages,
      ingestMicrosPerMessage: (cpuMicros(pipeline.ingestPid) - cpu.ingest) / options.messages,
      databaseRows: await committed(),
    };
  } finally {
    await stopProcess(generator);
    await pipeline.close();
  }
}

/** Lets the generator go on as the database takes it, until `goal` rows are committed. */
async function until(
  committed: () => Promise<number>,
  generator: ReturnType<typeof startProcess>,
  goal: number,
): Promise<void> {
  let last = -1;
  let stalledAt = Date.now() + 60_000;
  for (;;) {
    const now = await committed();
    if (now >= goal) return;
    if (now !== last) stalledAt = Date.now() + 60_000;
    else if (Date.now() > stalledAt) throw new Error(`stalled at ${now} of ${goal} messages`);
    last = now;
    generator.send({ allow: Math.min(goal, now + inPipe) });
    await delay(50);
  }
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >>> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
