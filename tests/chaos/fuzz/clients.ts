// The ways in: raw MQTT sockets before and after CONNACK, HTTP requests and live sockets.
import { connect, type Socket } from 'node:net';
import WebSocket from 'ws';
import { between, draw, type Seeded } from '../../../firmware-sim/random.ts';
import { type Account, connectPacket, fuzzPacket, fuzzPublish } from './mqtt-packets.ts';
import { below, chance, mutateBytes, mutatedJson, mutateValue, oneOf, randomBytes } from './mutate.ts';

export type Target = {
  mqttPort: number;
  apiUrl: string;
  account: Account;
  /** Somebody signed in. */
  person: { cookie: string; csrfToken: string };
};

/** Waits until a socket is over; a peer that keeps it open is left after a while. */
function over(socket: Socket, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve();
    };
    const timer = setTimeout(done, ms);
    if (socket.closed) done();
    else socket.once('close', done);
  });
}

function opened(port: number): Socket {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  // Being thrown out is what many of these are for.
  socket.on('error', () => socket.destroy());
  return socket;
}

/** Packets from somebody who never said who it is. @returns how many were sent */
export async function beforeConnect(seeded: Seeded, { mqttPort, account }: Target): Promise<number> {
  const socket = opened(mqttPort);
  socket.resume();
  const packets = Array.from({ length: 1 + below(seeded, 3) }, () => fuzzPacket(seeded, account));
  socket.write(Buffer.concat(packets));
  socket.end();
  await over(socket, 1_000);
  return packets.length;
}

const admittedWithinMs = 5_000;

/** Packets of a pump that was admitted, until the broker closes. @returns how many were sent */
export async function afterConnect(
  seeded: Seeded,
  { mqttPort, account }: Target,
  packet: (seeded: Seeded, account: Account) => Buffer,
  most: number,
): Promise<number> {
  const socket = opened(mqttPort);
  socket.write(connectPacket(account));
  const admitted = await new Promise<boolean>((resolve) => {
    socket.once('data', (bytes) => resolve(bytes[0] === 0x20 && bytes[3] === 0));
    socket.once('close', () => resolve(false));
    setTimeout(() => resolve(false), admittedWithinMs).unref();
  });
  if (!admitted) {
    socket.destroy();
    throw new Error('a pump with a good token was not admitted');
  }
  socket.resume();
  let sent = 0;
  while (sent < most && !socket.destroyed) {
    sent += 1;
    if (!socket.write(packet(seeded, account))) {
      await new Promise<void>((resolve) => {
        if (socket.closed) resolve();
        socket.once('drain', resolve);
        socket.once('close', () => resolve());
      });
    }
    // Now and then the broker gets a turn, else everything is in one read.
    if (chance(seeded, 0.2)) await new Promise((resolve) => setImmediate(resolve));
  }
  socket.end(Buffer.from([0xe0, 0x00]));
  await over(socket, 1_000);
  return sent;
}

/** Batches with one thing wrong. */
export const badPublishes = (seeded: Seeded, target: Target) => afterConnect(seeded, target, fuzzPublish, 25);
/** Packets with anything wrong. */
export const badPackets = (seeded: Seeded, target: Target) => afterConnect(seeded, target, fuzzPacket, 6);

const bodies: readonly (readonly [method: string, path: string, body: unknown])[] = [
  ['POST', '/session', { email: 'nobody@example.org', password: 'wrong password' }],
  ['POST', '/pumps', { id: 'FUZZ-1', model: 'M', serial: 'S' }],
  ['PATCH', '/pumps/FUZZ-1', { status: 'ready' }],
  ['POST', '/pumps/FUZZ-1/credentials', {}],
  ['POST', '/pumps/FUZZ-1/commands', { cmd: 'hello', args: {} }],
  ['POST', '/alerts/00000000-0000-5000-8000-000000000000/accept', {}],
  ['POST', '/alerts/00000000-0000-5000-8000-000000000000/decline', { reason: 'x' }],
  ['POST', '/alerts/00000000-0000-5000-8000-000000000000/notes', { text: 'note' }],
  ['POST', '/alerts/00000000-0000-5000-8000-000000000000/hand-over', { to: null }],
  ['POST', '/users', { email: 'a@example.org', name: 'A', role: 'clinician' }],
  ['GET', '/pumps?limit=10&cursor=abc&status=ready', null],
  ['GET', '/alerts?from=2026-01-01T00:00:00Z&limit=10', null],
  ['GET', '/infusions?pump=FUZZ-1', null],
  ['GET', '/pumps/FUZZ-1/telemetry?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z', null],
  ['GET', '/rejected-records?limit=10', null],
];
const types = ['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=x'];

/** A request with a mutated path or body. @throws Error when the api answers 500 */
export async function badRequest(seeded: Seeded, { apiUrl, person }: Target): Promise<number> {
  const [method, path, body] = oneOf(seeded, bodies);
  const shown = chance(seeded, 0.3) ? mutateBytes(seeded, Buffer.from(path)).toString('latin1') : path;
  const url = `${apiUrl}/api/v1/${shown.replace(/^\//, '').replace(/[^\x21-\x7e]/g, (one) => encodeURIComponent(one))}`;
  if (!URL.canParse(url)) return 1;
  // Attempts to sign in are counted by address: an honest person of this machine would be locked out too.
  if (url.includes('/session') && chance(seeded, 0.98)) return 1;
  const response = await fetch(url, {
    method,
    headers: {
      ...(chance(seeded, 0.9) && { cookie: person.cookie, 'x-csrf-token': person.csrfToken }),
      ...(method !== 'GET' && { 'content-type': chance(seeded, 0.9) ? 'application/json' : oneOf(seeded, types) }),
      ...(chance(seeded, 0.1) && { 'idempotency-key': randomBytes(seeded, 8).toString('hex') }),
    },
    ...(method !== 'GET' && { body: new Uint8Array(mutatedJson(seeded, body)) }),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  if (response.status >= 500 && response.status !== 503) {
    throw new Error(`${method} ${url} answered ${response.status}: ${text.slice(0, 300)}`);
  }
  return 1;
}

const frames: readonly unknown[] = [
  { type: 'resume', feedEpoch: null, last: 0 },
  { type: 'resume', feedEpoch: '00000000-0000-4000-8000-000000000000', last: 5 },
  { type: 'rendered', seq: 1 },
  { type: 'seen', seq: 1 },
  { type: 'watch', pumps: ['FUZZ-1', 'PUMP-0001'] },
];

/** A live socket whose frames are wrong, as text, as binary, or on the wire. @returns how many were sent */
export async function badFrames(seeded: Seeded, { apiUrl, person }: Target): Promise<number> {
  const wire: { socket: Socket | null } = { socket: null };
  const socket = new WebSocket(`${apiUrl.replace(/^http/, 'ws')}/api/v1/live`, { headers: { cookie: person.cookie } });
  socket.once('upgrade', (response) => {
    wire.socket = response.socket;
  });
  socket.on('error', () => socket.terminate());
  await new Promise<void>((resolve) => {
    socket.once('open', resolve);
    socket.once('close', () => resolve());
  });
  let sent = 0;
  const most = 1 + below(seeded, 12);
  while (sent < most && socket.readyState === WebSocket.OPEN) {
    sent += 1;
    const bytes = Buffer.from(JSON.stringify(mutateValue(seeded, oneOf(seeded, frames))) ?? 'null');
    const way = draw(seeded);
    if (way < 0.6) socket.send(bytes.toString('utf8'));
    else if (way < 0.8) socket.send(bytes, { binary: chance(seeded, 0.5), fin: chance(seeded, 0.8) });
    else wire.socket?.write(mutateBytes(seeded, randomBytes(seeded, 2 + below(seeded, 20))));
  }
  await new Promise((resolve) => setTimeout(resolve, between(seeded, 0, 5)));
  socket.terminate();
  return sent;
}
