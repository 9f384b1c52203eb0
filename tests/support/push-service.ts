import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { onTestFinished } from 'vitest';
import * as z from 'zod';

export interface Pushed {
  headers: IncomingHttpHeaders;
  /** What the browser would decrypt. */
  message: unknown;
  path: string;
  heardAt: number;
}

export interface Device {
  subscription: { endpoint: string; keys: { p256dh: string; auth: string } };
  /** Decrypted pushes, in order. */
  pushes: Pushed[];
}

export interface PushService {
  origin: string;
  device: () => Device;
  /** Answers so many more pushes with this status; a status of 0 never answers. */
  answer: (status: number, count: number) => void;
  asked: () => number;
}

/** A push service [RFC 8030] with devices behind it, which decrypts as a browser would. Closed when the test ends. */
export async function pushServiceForThisTest(): Promise<PushService> {
  const devices = new Map<string, { device: Device; decrypt: (body: Buffer) => unknown }>();
  let special = { status: 201, count: 0 };
  let asked = 0;
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    asked += 1;
    if (special.count > 0) {
      special.count -= 1;
      if (special.status === 0) return;
      return void response.writeHead(special.status).end();
    }
    const path = request.url ?? '';
    const known = devices.get(path);
    if (!known) return void response.writeHead(404).end();
    const message = known.decrypt(Buffer.concat(parts));
    known.device.pushes.push({ headers: request.headers, message, path, heardAt: Date.now() });
    response.writeHead(201, { location: `/message/${asked}` }).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  return {
    origin,
    device: () => {
      const keys = createECDH('prime256v1');
      const auth = randomBytes(16);
      const path = `/push/${randomBytes(12).toString('base64url')}`;
      const p256dh = keys.generateKeys();
      const subscription = {
        endpoint: `${origin}${path}`,
        keys: { p256dh: p256dh.toString('base64url'), auth: auth.toString('base64url') },
      };
      const device: Device = { subscription, pushes: [] };
      const decrypt = (body: Buffer) => JSON.parse(decryptPush(body, keys, p256dh, auth).toString('utf8'));
      devices.set(path, { device, decrypt });
      return device;
    },
    answer: (status, count) => {
      special = { status, count };
    },
    asked: () => asked,
  };
}

/**
 * Decrypts one message of content encoding aes128gcm [RFC 8188, 2] with the keys of web push [RFC 8291, 3.4].
 * @throws Error where it was not encrypted to these keys
 */
function decryptPush(body: Buffer, keys: ReturnType<typeof createECDH>, own: Buffer, auth: Buffer): Buffer {
  const salt = body.subarray(0, 16);
  const recordSize = body.readUInt32BE(16);
  const keyLength = body.readUInt8(20);
  const sender = body.subarray(21, 21 + keyLength);
  const content = body.subarray(21 + keyLength);
  if (content.length > recordSize) throw new Error('more than one record');
  const shared = keys.computeSecret(sender);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), own, sender]);
  const ikm = Buffer.from(hkdfSync('sha256', shared, auth, info, 32));
  const key = Buffer.from(hkdfSync('sha256', ikm, salt, 'Content-Encoding: aes128gcm\0', 16));
  const nonce = Buffer.from(hkdfSync('sha256', ikm, salt, 'Content-Encoding: nonce\0', 12));
  const decipher = createDecipheriv('aes-128-gcm', key, nonce);
  decipher.setAuthTag(content.subarray(-16));
  const padded = Buffer.concat([decipher.update(content.subarray(0, -16)), decipher.final()]);
  const end = padded.findLastIndex((byte) => byte !== 0);
  // The last record's delimiter [RFC 8188, 2].
  if (padded[end] !== 2) throw new Error('no delimiter of a last record');
  return padded.subarray(0, end);
}

const claims = z.object({ aud: z.string(), exp: z.number(), sub: z.string() });
export type Claims = z.infer<typeof claims>;

/**
 * The claims of a request's VAPID header, its signature checked by the key that it names [RFC 8292, 2 and 3].
 * @throws Error where the signature is wrong
 */
export function vapidClaims(authorization: string | undefined): { claims: Claims; publicKey: string } {
  const [, token = '', publicKey = ''] = /^vapid t=([\w.-]+), ?k=([\w-]+)$/.exec(authorization ?? '') ?? [];
  const [header = '', payload = '', signature = ''] = token.split('.');
  const point = Buffer.from(publicKey, 'base64url');
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  };
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  const signed = Buffer.from(`${header}.${payload}`);
  const given = Buffer.from(signature, 'base64url');
  if (!verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, given)) throw new Error('the signature is wrong');
  const algorithm = JSON.parse(Buffer.from(header, 'base64url').toString('utf8'));
  if (algorithm.alg !== 'ES256') throw new Error(`the algorithm is ${algorithm.alg}`);
  return { claims: claims.parse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))), publicKey };
}
