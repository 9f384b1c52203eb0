// Many pumps on raw sockets, QoS 1, one sample a message; as fast as its parent lets it and no faster, so that both
// pipelines get the same load and neither has to drop.
import { connect, type Socket } from 'node:net';
import { generate, parser } from 'mqtt-packet';
import type { GeneratorPump } from './ingest-bench.ts';

type Link = { socket: Socket; pump: GeneratorPump; seq: number; unanswered: number; head: string; topic: string };

/** Messages that a pump has unanswered at most. */
const inFlight = 32;
const epoch = 'b'.repeat(16);
const links: Link[] = [];
let allowed = 0;
let sent = 0;

function payload(link: Link): string {
  const now = new Date().toISOString();
  link.seq += 1;
  const volume = (link.seq * 0.0139).toFixed(4);
  return `${link.head}"sentAt":"${now}","uptimeMs":${link.seq * 10},"records":[{"seq":${link.seq},"at":"${now}","uptimeMs":${link.seq * 10},"kind":"sample","infusion":1,"state":"delivering","rateMlPerH":5,"infusedMl":${volume},"reservoirMl":87.2,"pressureKpa":12.5,"batteryPct":88}]}`;
}

function pump(link: Link): void {
  while (sent < allowed && link.unanswered < inFlight) {
    link.unanswered += 1;
    sent += 1;
    link.socket.write(
      generate({
        cmd: 'publish',
        topic: link.topic,
        payload: payload(link),
        qos: 1,
        messageId: (link.seq & 0x7fff) + 1,
        dup: false,
        retain: false,
      }),
    );
  }
}

function open(port: number, pump_: GeneratorPump): Promise<Link> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const link: Link = {
      socket,
      pump: pump_,
      seq: 0,
      unanswered: 0,
      head: `{"v":1,"epoch":"${epoch}","boot":1,`,
      topic: `${pump_.prefix}/up/telemetry`,
    };
    const read = parser();
    read.on('packet', (packet) => {
      if (packet.cmd === 'connack') {
        if (packet.returnCode === 0) resolve(link);
        else reject(new Error(`CONNACK ${packet.returnCode}`));
      } else if (packet.cmd === 'puback') {
        link.unanswered -= 1;
        pump(link);
      }
    });
    socket.on('data', (bytes) => read.parse(bytes));
    socket.on('error', reject);
    socket.write(
      generate({
        cmd: 'connect',
        clientId: pump_.id,
        username: pump_.id,
        password: Buffer.from(pump_.token),
        keepalive: 60,
        protocolId: 'MQTT',
        protocolVersion: 4,
        clean: true,
      }),
    );
  });
}

process.on('message', async (message: { connect?: { port: number; pumps: GeneratorPump[] }; allow?: number }) => {
  if (message.connect) {
    for (const pump_ of message.connect.pumps) links.push(await open(message.connect.port, pump_));
    process.send?.({ connected: links.length });
  }
  if (message.allow !== undefined) {
    allowed = message.allow;
    for (const link of links) pump(link);
  }
});
process.on('disconnect', () => process.exit());
