// A pump and a browser stop reading while everybody else goes on: they are cut, and nobody else waits for them.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import mqtt from 'mqtt';
import * as z from 'zod';
import type { ServerFrame } from '#schemas/http/live-frames.ts';
import type { Command } from '#schemas/messages/control.ts';
import { appendToFeed } from '../support/board.ts';
import { waitFor } from '../support/wait-for.ts';
import { frozenPump, frozenScreen } from './frozen-links.ts';
import { JournalPump, type PumpAccount } from './journal-pump.ts';
import { startLivePumps } from './live-pumps.ts';
import { provision } from './provision.ts';
import { duration, megabytes, type ProofResult, percentile, proofResult, whole } from './result.ts';
import type { ProofContext, Stage } from './stage.ts';

export type FrozenOptions = {
  /** Pumps that go on, and their samples in a second together. */
  pumps: number;
  samplesPerS: number;
  /** Sent to the frozen pump, and of the feed to all screens. */
  bytesPerS: number;
  /** How long it is watched before and after, ms. */
  watchedMs: number;
  /** What 99 of 100 messages to everybody else may take, ms. */
  othersWithinMs: number;
};

export const usualFrozen: FrozenOptions = {
  pumps: 100,
  samplesPerS: 500,
  bytesPerS: 1_000_000,
  watchedMs: 10_000,
  othersWithinMs: 100,
};

/** Kernels take some megabytes before anything is held. */
const cutWithinMs = 60_000;
const probeEveryMs = 10;
const commandBytes = 48 * 1024;
const feedBytes = 50_000;

type Phase = 'before' | 'during';

/** @throws Error when one of the two is not cut within a minute */
export async function proveFrozen(options: FrozenOptions, stage: Stage, context: ProofContext): Promise<ProofResult> {
  const { platform, db } = stage;
  const { othersWithinMs } = options;
  const [frozenAccount, probed] = await provision(db, 'FROZEN', 2);
  if (!frozenAccount || !probed) throw new Error('no pumps were provisioned');
  const accounts = await provision(db, 'LOAD', options.pumps);
  const live = await startLivePumps(platform.mqttPort, accounts, (1_000 * options.pumps) / options.samplesPerS);
  stage.owns(live.close);

  let phase: Phase = 'before';
  const topics: Record<Phase, number[]> = { before: [], during: [] };
  const screens: Record<Phase, number[]> = { before: [], during: [] };
  const screen = stage.screen('other', (frame: ServerFrame) => {
    if (frame.type === 'alert' || frame.type === 'pumps' || frame.type === 'tick') {
      screens[phase].push(Date.now() - frame.at);
    }
  });
  await waitFor(() => screen.open, { what: 'the other screen' });
  const commanded = ({ cmd, id }: Command) => {
    if (cmd === 'time') topics[phase].push(performance.now() - Number(id));
  };
  const other = new JournalPump({
    port: platform.mqttPort,
    account: probed,
    entries: [],
    uptimeMs: () => 0,
    commanded,
  });
  stage.owns(() => other.close());
  await other.connect();
  const service = await connectService(stage);
  stage.owns(() => service.endAsync(true));
  const publish = ({ prefix }: PumpAccount, command: Command) =>
    service.publish(`${prefix}/down/cmd`, JSON.stringify(command), { qos: 1 });
  const timers = new Set<NodeJS.Timeout>();
  const every = (ms: number, work: () => void) => void timers.add(setInterval(work, ms));
  const stop = () => {
    for (const timer of timers) clearInterval(timer);
  };
  stage.owns(stop);
  every(probeEveryMs, () =>
    publish(probed, { id: `${performance.now()}`, cmd: 'time', args: { at: new Date().toISOString() } }),
  );
  const memory = { heap: 0, buffers: 0 };
  const look = async () => {
    const now = await brokerNumbers(stage);
    memory.heap = Math.max(memory.heap, now.heap_bytes);
    memory.buffers = Math.max(memory.buffers, now.buffer_bytes);
  };

  context.log('everybody reads');
  await pause(options.watchedMs);
  const brokerBefore = await brokerNumbers(stage);
  const apiBefore = await screensCut(stage);

  context.log(`${frozenAccount.id} and a browser stop reading`);
  const pump = await frozenPump(platform.mqttPort, frozenAccount);
  const browser = await frozenScreen(platform.apiUrl, stage.cookie);
  stage.owns(() => pump.destroy());
  stage.owns(() => browser.destroy());
  phase = 'during';
  const began = Date.now();
  let n = 0;
  every((1_000 * commandBytes) / options.bytesPerS, () => {
    n += 1;
    publish(frozenAccount, {
      id: `${n}`,
      cmd: 'library',
      args: { version: '1', sha256: '0'.repeat(64), part: 1, parts: 1, data: 'x'.repeat(commandBytes) },
    });
  });
  let appending: Promise<void> = Promise.resolve();
  every((1_000 * feedBytes) / options.bytesPerS, () => {
    appending = appending.then(() => appendToFeed(db, 1, 'x'.repeat(feedBytes)));
  });
  every(200, () => void look().catch(() => {}));
  const cutAfter = async (what: string, cut: () => Promise<boolean>) => {
    await waitFor(async () => context.signal.aborted || (await cut()), { timeoutMs: cutWithinMs, everyMs: 50, what });
    return Date.now() - began;
  };
  const [pumpCut, screenCut] = await Promise.all([
    cutAfter('the frozen pump to be cut', async () => {
      return (await brokerNumbers(stage)).slow_subscribers_cut_total > brokerBefore.slow_subscribers_cut_total;
    }),
    cutAfter('the frozen screen to be cut', async () => (await screensCut(stage)) > apiBefore),
  ]);
  await pause(options.watchedMs);
  stop();
  await appending;
  const brokerAfter = await brokerNumbers(stage);
  live.close();
  other.close();
  const show = (values: number[]) =>
    `p50 ${duration(percentile(values, 0.5))}, p99 ${duration(percentile(values, 0.99))} (${whole(values.length)})`;
  const held = (numbers: { heap: number; buffers: number }) =>
    `heap ${megabytes(numbers.heap)}, buffers ${megabytes(numbers.buffers)}`;
  const numbersOf = (numbers: BrokerNumbers) => ({ heap: numbers.heap_bytes, buffers: numbers.buffer_bytes });
  return proofResult(
    'frozen',
    [
      ['load', `${options.pumps} pumps, ${whole(options.samplesPerS)} messages/s`],
      ['frozen', `${megabytes(options.bytesPerS)}/s to a pump and to a browser that read nothing`],
      ['pump cut', `after ${duration(pumpCut)}`],
      ['screen cut', `after ${duration(screenCut)}`],
      ['other topics', `${show(topics.during)}; before ${show(topics.before)}`],
      ['other screens', `${show(screens.during)}; before ${show(screens.before)}`],
      ['broker before', held(numbersOf(brokerBefore))],
      ['… at most', held(memory)],
      ['… after', held(numbersOf(brokerAfter))],
    ],
    [
      { what: 'the frozen pump and the frozen screen are cut', holds: !context.signal.aborted },
      {
        what: `other topics under ${othersWithinMs} ms at p99`,
        holds: percentile(topics.during, 0.99) < othersWithinMs,
      },
      {
        what: `other screens under ${othersWithinMs} ms at p99`,
        holds: percentile(screens.during, 0.99) < othersWithinMs,
      },
      { what: 'the other screen stayed connected', holds: screen.open },
    ],
  );
}

/** As the api does: it may send commands to pumps. */
async function connectService({ platform }: Stage) {
  const secrets = z.object({ serviceTokens: z.object({ 'svc-api': z.string() }) });
  const { serviceTokens } = secrets.parse(JSON.parse(readFileSync(join(platform.folder, 'data/secrets.json'), 'utf8')));
  return mqtt.connectAsync(`mqtt://127.0.0.1:${platform.mqttPort}`, {
    clientId: `svc-api-${randomBytes(6).toString('hex')}`,
    username: 'svc-api',
    password: serviceTokens['svc-api'],
    protocolVersion: 4,
    keepalive: 30,
  });
}

type BrokerNumbers = { heap_bytes: number; buffer_bytes: number; slow_subscribers_cut_total: number };

async function brokerNumbers({ platform }: Stage): Promise<BrokerNumbers> {
  const text = await metricsOf(platform.httpPorts.broker);
  const number = (name: string) => metric(text, `dripwatch_broker_${name}`);
  return {
    heap_bytes: number('heap_bytes'),
    buffer_bytes: number('buffer_bytes'),
    slow_subscribers_cut_total: number('slow_subscribers_cut_total'),
  };
}

const screensCut = async ({ platform }: Stage) =>
  metric(await metricsOf(platform.httpPorts.api), 'dripwatch_api_slow_screens_total');

async function metricsOf(port: number | null): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
}

/** @throws Error when it is not there */
function metric(text: string, name: string): number {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
  if (line === undefined) throw new Error(`no ${name} among the metrics`);
  return Number(line.slice(name.length + 1));
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
