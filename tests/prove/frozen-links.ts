// Clients that stop reading while their links stay open: plain sockets, since only those can really stop.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { generate, parser } from 'mqtt-packet';
import type { PumpAccount } from './journal-pump.ts';

/** A pump that subscribes and then reads nothing more. */
export async function frozenPump(port: number, { id, token, prefix }: PumpAccount): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => {});
  const read = parser();
  socket.on('data', (bytes) => read.parse(bytes));
  const subscribed = new Promise<void>((resolve, reject) => {
    read.on('packet', ({ cmd }) => {
      if (cmd === 'suback') resolve();
    });
    socket.on('close', () => reject(new Error(`${id} was not admitted`)));
  });
  socket.write(
    generate({
      cmd: 'connect',
      clientId: id,
      username: id,
      password: Buffer.from(token),
      keepalive: 60,
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: true,
    }),
  );
  socket.write(generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: `${prefix}/down/cmd`, qos: 1 }] }));
  await subscribed;
  socket.pause();
  return socket;
}

/** A browser that asks for everything and then reads nothing more. */
export async function frozenScreen(apiUrl: string, cookie: string): Promise<Socket> {
  const url = new URL(apiUrl);
  const socket = connect(Number(url.port), url.hostname);
  socket.on('error', () => {});
  socket.write(
    [
      'GET /api/v1/live HTTP/1.1',
      `Host: ${url.host}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      `Cookie: ${cookie}`,
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${Buffer.from('0123456789abcdef').toString('base64')}`,
      '',
      '',
    ].join('\r\n'),
  );
  await once(socket, 'data');
  const resume = Buffer.from(JSON.stringify({ type: 'resume', feedEpoch: null, last: 0 }));
  // A client's frame is masked [RFC 6455, 5.3]; a mask of zeros leaves the bytes as they are.
  socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | resume.length, 0, 0, 0, 0]), resume]));
  await once(socket, 'data');
  socket.pause();
  return socket;
}
