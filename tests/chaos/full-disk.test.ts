import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { brokerForThisTest, provisionPump } from '../support/broker.ts';
import { HandPump, ingestForThisTest } from '../support/ingest.ts';
import { waitFor } from '../support/wait-for.ts';
import { startChaosDatabase } from './database.ts';
import { noSmallDisk } from './small-disk.ts';

const reason = noSmallDisk();

test.skipIf(reason !== null)(
  `a database whose disk is full is an outage: nothing is acknowledged, nothing rejected, and it ends by itself${reason ? ` (${reason})` : ''}`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dripwatch-full-disk-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const crashes: string[] = [];
    const database = await startChaosDatabase(
      folder,
      true,
      () => {},
      (words) => crashes.push(words),
    );
    let free = () => {};
    onTestFinished(async () => {
      free();
      await database.close();
    });
    expect(database.diskNotHere).toBeNull();
    const db = new pg.Pool({ connectionString: database.url, max: 2 });
    db.on('error', () => {});
    onTestFinished(() => db.end());
    const broker = await brokerForThisTest(database.url);
    const ingest = await ingestForThisTest(broker, database.url);
    const pump = await HandPump.connect(broker, await provisionPump(db, 'FULL-1'));
    const samples = (count: number) => Array.from({ length: count }, () => pump.sample());
    await pump.send('telemetry', samples(1));
    await pump.acknowledged();

    const full = database.fullDisk(
      new Promise<void>((done) => {
        free = done;
      }),
    );
    const ready = async () => (await fetch(`http://127.0.0.1:${ingest.httpPort}/readyz`)).status === 200;
    const away = async () => {
      await pump.send('telemetry', samples(200));
      return !(await ready());
    };
    await waitFor(away, { timeoutMs: 15_000, everyMs: 50, what: 'ingest to say that the database is away' });
    // As many again while it is full: they wait.
    await pump.send('telemetry', samples(200));
    await pump.send('alarm', [
      pump.record({ kind: 'alarm', alarm: 1, code: 'MDC_EVT_PUMP_FLOW_FREE', phase: 'start' }),
    ]);
    const metricSaysSo = async () => {
      const metrics = await (await fetch(`http://127.0.0.1:${ingest.httpPort}/metrics`)).text();
      return /^dripwatch_ingest_database_up 0$/m.test(metrics);
    };
    await waitFor(metricSaysSo, { what: 'the metric to say so too' });
    const told = pump.acks.at(-1)?.upTo ?? 0;
    const stored = await waitFor(async () => {
      const { rows } = await db.query<{ n: string }>("select max(seq) as n from telemetry where pump_id = 'FULL-1'");
      return Number(rows[0]?.n);
    });
    expect(told).toBeLessThanOrEqual(stored);
    expect(stored).toBeLessThan(pump.seq);

    free();
    await full;
    await pump.acknowledged();
    await waitFor(ready, { what: 'ingest to be ready again' });
    const count = async (query: string) => Number((await db.query<{ n: string }>(query)).rows[0]?.n);
    expect(await count("select count(*) as n from telemetry where pump_id = 'FULL-1'")).toBe(pump.seq - 1);
    expect(await count("select count(*) as n from alarm where pump_id = 'FULL-1'")).toBe(1);
    expect(await count('select count(*) as n from rejected_record')).toBe(0);
    expect(crashes).toEqual([]);
  },
  90_000,
);
