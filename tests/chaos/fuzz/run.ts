// Packets, payloads, requests and frames that nobody should send, to the real services; afterwards all of them still
// have to be up and an honest pump has to be heard.
import { mkdirSync } from 'node:fs';
import mqtt from 'mqtt';
import * as z from 'zod';
import { ack } from '#schemas/messages/control.ts';
import { signIn } from '../../../firmware-sim/provision/api-client.ts';
import { pick, type Seeded, seedOf } from '../../../firmware-sim/random.ts';
import { demoPassword, type Platform, startPlatform } from '../platform.ts';
import { type ServiceName, services } from '../schedule.ts';
import { badFrames, badPackets, badPublishes, badRequest, beforeConnect, type Target } from './clients.ts';
import type { Account } from './mqtt-packets.ts';

export type FuzzOptions = {
  packets: number;
  seed: number;
  folder: string;
  log(line: string): void;
  signal: AbortSignal;
};

export type FuzzResult = {
  seed: number;
  /** Sent, by way in. */
  sent: Record<string, number>;
  packets: number;
  /** Services that ended by themselves, and answers that must not be, each with the seed of its round. */
  failures: { seed: number; what: string }[];
  /** Resident memory, bytes, by service: the middle one of what it was after each round of the second and of the last tenth. */
  memory: Record<string, { before: number | null; after: number | null }>;
  good: boolean;
};

/** Packets of one round: what a failure's seed has to repeat. */
export const packetsInARound = 500;
/** Connections at a time. */
const atOnce = 8;

/** @throws Error when the platform could not be started */
export async function runFuzz(options: FuzzOptions): Promise<FuzzResult> {
  const { folder, packets, seed, log, signal } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const platform = await startPlatform(folder, 'aedes', log);
  try {
    const { targets, honest } = await aim(platform, signal);
    const sent: FuzzResult['sent'] = {};
    const failures: FuzzResult['failures'] = [];
    const weights = new Map<ServiceName, number[]>(services.map((service) => [service, []]));
    const rounds = Math.ceil(packets / packetsInARound);
    let total = 0;
    for (let round = 0; total < packets && !signal.aborted; round += 1) {
      const roundSeed = round === 0 ? seed : seedOf(seed, round) >>> 0;
      const fail = (what: string) => failures.push({ seed: roundSeed, what });
      total += await playRound(targets, roundSeed, Math.min(packetsInARound, packets - total), sent, fail);
      for (const crash of platform.crashes.slice(failures.filter(({ what }) => what.includes('ended by')).length))
        fail(crash);
      for (const [service, held] of weights) held.push(platform.memory(service) ?? Number.NaN);
      if (round % 20 === 19) log(`${total} of ${packets} packets, ${failures.length} failures, ${heldNow(weights)}`);
    }
    await platform.settle(30_000);
    const memory = growth(weights, Math.floor(rounds / 10));
    if (packets >= packetsThatWarm) for (const what of grown(memory)) failures.push({ seed, what });
    const unheard = await unheardOf(platform, honest);
    if (unheard !== null) failures.push({ seed, what: unheard });
    return { seed, sent, packets: total, failures, memory, good: failures.length === 0 };
  } finally {
    await platform.close();
  }
}

/** In a shorter run a service is still warming up in its second tenth: its growth says nothing. */
const packetsThatWarm = 500_000;
const mostGrowthBytes = 50 * 1024 * 1024;

/**
 * A collected heap breathes by tens of MB, so one moment says nothing about growth: the middle of a tenth does.
 * @param weights resident memory of each service after each round, bytes
 * @param tenth of the rounds
 */
function growth(weights: ReadonlyMap<string, readonly number[]>, tenth: number): FuzzResult['memory'] {
  const middle = (held: readonly number[]) => {
    const known = held.filter(Number.isFinite).sort((a, b) => a - b);
    return known[Math.floor(known.length / 2)] ?? null;
  };
  return Object.fromEntries(
    [...weights].map(([service, held]) => [
      service,
      { before: middle(held.slice(tenth, 2 * tenth)), after: middle(held.slice(-Math.max(1, tenth))) },
    ]),
  );
}

const heldNow = (weights: ReadonlyMap<string, readonly number[]>) =>
  [...weights].map(([service, held]) => `${service} ${Math.round((held.at(-1) ?? 0) / 1024 / 1024)} MB`).join(' · ');

function grown(memory: FuzzResult['memory']): string[] {
  return Object.entries(memory).flatMap(([service, { before, after }]) => {
    const bytes = before === null || after === null ? 0 : after - before;
    return bytes > mostGrowthBytes ? [`${service} holds ${Math.round(bytes / 1024 / 1024)} MB more`] : [];
  });
}

type Way = { name: string; play(seeded: Seeded, target: Target): Promise<number> };
const ways: readonly { weight: number; value: Way }[] = [
  { weight: 30, value: { name: 'packets before CONNACK', play: beforeConnect } },
  { weight: 25, value: { name: 'packets of a pump', play: badPackets } },
  { weight: 10, value: { name: 'payloads of a pump', play: badPublishes } },
  { weight: 25, value: { name: 'requests', play: badRequest } },
  { weight: 10, value: { name: 'frames of a screen', play: badFrames } },
];

async function playRound(
  targets: readonly Target[],
  seed: number,
  packets: number,
  sent: FuzzResult['sent'],
  fail: (what: string) => void,
): Promise<number> {
  let total = 0;
  const lane = async (target: Target, n: number) => {
    const seeded = { rng: seedOf(seed, n) };
    while (total < packets) {
      const { name, play } = pick(seeded, ways);
      try {
        const count = await play(seeded, target);
        total += count;
        sent[name] = (sent[name] ?? 0) + count;
      } catch (error) {
        fail(`${name}: ${error instanceof Error ? error.message : String(error)}`);
        total += 1;
      }
    }
  };
  await Promise.all(targets.map(lane));
  return total;
}

/** Pumps and a person to be wrong with. Each lane has a pump of its own: two connections of one throw each other out. */
async function aim(platform: Platform, signal: AbortSignal): Promise<{ targets: Target[]; honest: Account }> {
  const { apiUrl, mqttPort } = platform;
  const login = { email: 'technician@demo.dripwatch', password: demoPassword };
  const api = await signIn({ url: apiUrl, user: login.email, password: login.password }, signal);
  const account = async (pump: string): Promise<Account> => {
    const { token, topicPrefix } = await api.credentialOf({ id: pump, serial: pump, model: 'fuzz' });
    return { pump, token, prefix: topicPrefix };
  };
  const signedIn = await fetch(`${apiUrl}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(login),
  });
  const { csrfToken } = z.object({ csrfToken: z.string() }).parse(await signedIn.json());
  const cookie = signedIn.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
  const targets: Target[] = [];
  for (let n = 0; n < atOnce; n += 1) {
    targets.push({ mqttPort, apiUrl, account: await account(`AIM-${n}`), person: { cookie, csrfToken } });
  }
  return { targets, honest: await account('HONEST-1') };
}

/** Whether a pump that does everything right is still heard. @returns why not, or null */
async function unheardOf({ mqttPort }: Platform, { pump, token, prefix }: Account): Promise<string | null> {
  const client = mqtt.connect(`mqtt://127.0.0.1:${mqttPort}`, {
    clientId: pump,
    username: pump,
    password: token,
    protocolVersion: 4,
  });
  try {
    const epoch = '00000000000000aa';
    const answered = new Promise<boolean>((resolve) => {
      client.on('message', (_topic, payload) => {
        const read = ack.safeParse(JSON.parse(payload.toString()));
        if (read.success && read.data.epoch === epoch && read.data.upTo >= 1) resolve(true);
      });
      setTimeout(() => resolve(false), honestWithinMs).unref();
    });
    await client.subscribeAsync(`${prefix}/down/ack`);
    const at = new Date().toISOString();
    const records = [{ seq: 1, at, kind: 'sample', state: 'standby', rateMlPerH: 0 }];
    await client.publishAsync(`${prefix}/up/alarm`, JSON.stringify({ v: 1, epoch, boot: 1, sentAt: at, records }), {
      qos: 1,
    });
    return (await answered) ? null : 'an honest pump got no acknowledgement afterwards';
  } finally {
    await client.endAsync(true);
  }
}
const honestWithinMs = 20_000;
