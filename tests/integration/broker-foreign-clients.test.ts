import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { serviceTopics, shardFilter } from '#schemas/topics.ts';
import {
  collect,
  connectService,
  provisionPump,
  type TestBroker,
  type TestPump,
  testBroker,
} from '../support/broker.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { waitFor } from '../support/wait-for.ts';

// Clients that are not ours: Debian's mosquitto-clients.
const missing = ['mosquitto_pub', 'mosquitto_sub', 'mosquitto_rr'].filter((tool) => {
  try {
    execFileSync('sh', ['-c', `command -v ${tool}`]);
    return false;
  } catch {
    return true;
  }
});
const because =
  missing.length > 0 ? ` [skipped: ${missing.join(', ')} not installed, Debian package mosquitto-clients]` : '';

let database: TestDatabase;
let broker: TestBroker;
let pump: TestPump;
beforeAll(async () => {
  database = await testDatabase();
  broker = await testBroker(database.url);
  pump = await provisionPump(database.pool, 'PUMP-0001');
});
afterAll(async () => {
  await broker.close();
  await database.close();
});

function run(tool: string, args: string[]): ChildProcess & { output: () => string } {
  const account = ['-i', pump.id, '-u', pump.id, '-P', pump.token, '-k', '30'];
  const child = spawn(tool, ['-h', '127.0.0.1', '-p', String(broker.port), '-V', 'mqttv311', ...account, ...args]);
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  child.stderr.on('data', (chunk) => (text += chunk));
  return Object.assign(child, { output: () => text });
}

async function ingestListening() {
  const ingest = await connectService(broker, 'svc-ingest');
  await ingest.subscribeAsync([shardFilter(15), serviceTopics.refused]);
  return { ingest, heard: collect(ingest) };
}

describe.skipIf(missing.length > 0)(`Mosquitto’s clients${because}`, () => {
  test.each([0, 1])('mosquitto_pub publishes on its own lane with QoS %d', async (qos) => {
    const { heard } = await ingestListening();
    const child = run('mosquitto_pub', ['-t', `${pump.prefix}/up/telemetry`, '-m', 'batch', '-q', String(qos)]);
    expect((await once(child, 'exit'))[0]).toBe(0);
    expect((await waitFor(() => heard[0])).payload.toString()).toBe('batch');
  });

  test('mosquitto_pub on another pump’s topic loses its link, and it is listed', async () => {
    const { heard } = await ingestListening();
    const child = run('mosquitto_pub', ['-t', 'dw/1/0f/PUMP-0002/up/telemetry', '-m', 'x', '-q', '1']);
    const refused = await waitFor(() => heard[0]);
    child.kill();
    expect(refused.topic).toBe(serviceTopics.refused);
    expect(JSON.parse(refused.payload.toString())).toMatchObject({ pump: pump.id, lane: 'telemetry' });
    expect(heard.filter(({ topic }) => topic !== serviceTopics.refused)).toEqual([]);
  });

  test('mosquitto_pub with a wrong token is told so', async () => {
    const child = run('mosquitto_pub', ['-P', 'wrong', '-t', `${pump.prefix}/up/telemetry`, '-m', 'x']);
    expect((await once(child, 'exit'))[0]).not.toBe(0);
    expect(child.output()).toMatch(/bad user name or password/i);
  });

  test('mosquitto_sub is granted its own acknowledgements and denied everything else, in one SUBSCRIBE', async () => {
    const child = run('mosquitto_sub', ['-d', '-t', `${pump.prefix}/down/ack`, '-t', '#', '-t', 'dw/1/0f/+/down/ack']);
    const { ingest } = await ingestListening();
    // It writes its debug lines only when a message makes it flush them.
    await waitFor(async () => {
      await ingest.publishAsync(`${pump.prefix}/down/ack`, 'committed', { qos: 1 });
      return child.output().includes('committed');
    });
    expect(child.output()).toMatch(/Subscribed \(mid: \d+\): 0, 128, 128/);
  });

  test('mosquitto_rr publishes a batch and prints the acknowledgement, over one connection', async () => {
    const { ingest } = await ingestListening();
    ingest.on('message', (topic) => {
      if (topic === `${pump.prefix}/up/event`) ingest.publish(`${pump.prefix}/down/ack`, '{"upTo":1}');
    });
    const args = ['-t', `${pump.prefix}/up/event`, '-e', `${pump.prefix}/down/ack`, '-m', '{}', '-q', '1', '-W', '10'];
    const child = run('mosquitto_rr', args);
    expect((await once(child, 'exit'))[0]).toBe(0);
    expect(child.output()).toContain('{"upTo":1}');
  });
});
