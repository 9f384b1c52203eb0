// MQTT packets by the grammar, with one thing wrong or everything right.
import { generate, type Packet } from 'mqtt-packet';
import { upLanes } from '#schemas/topics.ts';
import type { Seeded } from '../../../firmware-sim/random.ts';
import { below, chance, mutateBytes, mutatedJson, oneOf, randomBytes } from './mutate.ts';
import { payloadFor } from './payloads.ts';

export type Account = { pump: string; token: string; prefix: string };

const topics = (account: Account) => [
  ...upLanes.map((lane) => `${account.prefix}/up/${lane}`),
  `${account.prefix}/down/ack`,
  'dw/1/00/OTHER/up/telemetry',
  'dw/1/live/00/pumps',
  '$SYS/broker',
  '#',
  '+/+',
  'a/'.repeat(200),
  '\u0000',
  '',
];

export function connectPacket(account: Account): Buffer {
  return generate({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: true,
    clientId: account.pump,
    keepalive: 30,
    username: account.pump,
    password: Buffer.from(account.token),
  });
}

/** A packet of any type, well-formed. */
function anyPacket(seeded: Seeded, account: Account): Packet {
  const messageId = 1 + below(seeded, 65_535);
  const topic = oneOf(seeded, topics(account));
  const qos = oneOf(seeded, [0, 1, 2] as const);
  switch (below(seeded, 12)) {
    case 0:
      return {
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clean: chance(seeded, 0.5),
        clientId: oneOf(seeded, [account.pump, '', 'svc-api', 'x'.repeat(300), 'svc-ingest-1', '../x']),
        keepalive: below(seeded, 65_536),
        username: oneOf(seeded, [account.pump, 'svc-api', '', 'x'.repeat(1_000)]),
        password: chance(seeded, 0.5) ? Buffer.from(account.token) : randomBytes(seeded, below(seeded, 80)),
        ...(chance(seeded, 0.5) && {
          will: {
            topic: topic === '' ? 'w' : topic,
            payload: randomBytes(seeded, below(seeded, 100)),
            qos,
            retain: chance(seeded, 0.5),
          },
        }),
      };
    case 1:
    case 2:
    case 3:
    case 4:
      return {
        cmd: 'publish',
        topic: topic === '' ? 'x' : topic,
        qos,
        dup: qos > 0 && chance(seeded, 0.3),
        retain: chance(seeded, 0.3),
        messageId,
        payload: chance(seeded, 0.5)
          ? mutatedJson(seeded, payloadFor(seeded, 'telemetry'))
          : randomBytes(seeded, below(seeded, 300)),
      };
    case 5:
      return { cmd: 'subscribe', messageId, subscriptions: [{ topic: topic === '' ? 'x' : topic, qos }] };
    case 6:
      return { cmd: 'unsubscribe', messageId, unsubscriptions: [topic === '' ? 'x' : topic] };
    case 7:
      return { cmd: 'puback', messageId };
    case 8:
      return { cmd: oneOf(seeded, ['pubrec', 'pubrel', 'pubcomp'] as const), messageId };
    case 9:
      return { cmd: 'suback', messageId, granted: [0, 1, 128] };
    case 10:
      return { cmd: oneOf(seeded, ['pingreq', 'pingresp'] as const) };
    default:
      return { cmd: 'connack', returnCode: below(seeded, 6), sessionPresent: false };
  }
}

/** Bytes of one packet: most of them mutated, some well-formed at a wrong moment, some noise. */
export function fuzzPacket(seeded: Seeded, account: Account): Buffer {
  if (chance(seeded, 0.03)) return randomBytes(seeded, 1 + below(seeded, 200));
  const bytes = wellFormed(seeded, account);
  return chance(seeded, 0.75) ? mutateBytes(seeded, bytes) : bytes;
}

function wellFormed(seeded: Seeded, account: Account): Buffer {
  try {
    return generate(anyPacket(seeded, account));
  } catch {
    // The generator refuses some topics and identifiers: nothing of that kind can be written by it.
    return generate({ cmd: 'pingreq' });
  }
}

/** A well-formed PUBLISH on a lane of the pump, whose payload is wrong somewhere. */
export function fuzzPublish(seeded: Seeded, account: Account): Buffer {
  const lane = oneOf(seeded, ['telemetry', 'alarm', 'event', 'hello', 'reply'] as const);
  const payload = mutatedJson(seeded, payloadFor(seeded, lane));
  const topic = `${account.prefix}/up/${lane}`;
  return generate({
    cmd: 'publish',
    topic,
    qos: 1,
    dup: false,
    retain: false,
    messageId: 1 + below(seeded, 65_535),
    payload,
  });
}
