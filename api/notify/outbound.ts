import { lookup } from 'node:dns/promises';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';

// Requests to addresses that others chose (a browser's push endpoint, a webhook): they must not become a way into our own
// network. The address that was checked is the one that is connected to, so no second look-up can answer otherwise.

export type Allowed = 'public' | 'loopback' | 'private';

/** The request may not be made at all. */
export class ForbiddenAddress extends Error {
  override name = 'ForbiddenAddress';
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

const privateNetworks = new BlockList();
for (const [network, bits] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
] as const) {
  privateNetworks.addSubnet(network, bits, 'ipv4');
}
privateNetworks.addSubnet('fc00::', 7, 'ipv6');

// Never anybody's server: "this network", link-local (cloud metadata too), protocol assignments, documentation,
// benchmarks, multicast, reserved; and IPv6 prefixes that carry an IPv4 address inside [RFC 6890, RFC 6052].
const never = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  never.addSubnet(network, bits, 'ipv4');
}
for (const [network, bits] of [
  // Also an IPv4 address in the form that was given up [RFC 4291, 2.5.5.1]; the loopback is looked for before.
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 32],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const) {
  never.addSubnet(network, bits, 'ipv6');
}

/** Whether a request may go to an IP address. An IPv4 address inside an IPv6 one (::ffff:…) counts as itself. */
export function mayReach(address: string, allowed: Allowed): boolean {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(address) === 0) return false;
  if (loopback.check(address, family)) return allowed !== 'public';
  if (never.check(address, family)) return false;
  return !privateNetworks.check(address, family) || allowed === 'private';
}

/**
 * The checked addresses of a URL's host.
 * @throws ForbiddenAddress where the URL or any of its addresses is not allowed; the look-up's error
 */
async function addressesOf(url: URL, allowed: Allowed): Promise<{ address: string; family: number }[]> {
  if (url.username !== '' || url.password !== '') throw new ForbiddenAddress('the address holds a password');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  const found = family === 0 ? await lookup(host, { all: true }) : [{ address: host, family }];
  if (found.length === 0 || !found.every(({ address }) => mayReach(address, allowed))) {
    throw new ForbiddenAddress('the address is not a public one');
  }
  if (url.protocol === 'https:') return found;
  const onLoopback = found.every(({ address }) => loopback.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4'));
  if (url.protocol !== 'http:' || !onLoopback) throw new ForbiddenAddress('only https is sent to other machines');
  return found;
}

/**
 * Whether a URL looks as if it may be sent to, before anything is looked up.
 * @returns null, or what is wrong with it
 */
export function refuseUrl(text: string, allowed: Allowed): string | null {
  if (!URL.canParse(text)) return 'not a URL';
  const url = new URL(text);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (url.username !== '' || url.password !== '') return 'a URL without a password';
  if (isIP(host) !== 0 && !mayReach(host, allowed)) return 'a URL of a public address';
  if (url.protocol === 'https:') return null;
  const local = host === 'localhost' || (isIP(host) !== 0 && loopback.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4'));
  return url.protocol === 'http:' && local && allowed !== 'public' ? null : 'a URL that begins with https://';
}

export type Posted = { status: number; retryAfter: string | undefined; body: string };
export type Post = (
  url: string,
  headers: Record<string, string | number>,
  body: string | Buffer,
  signal: AbortSignal,
) => Promise<Posted>;

const mostAnswerBytes = 16 * 1024;
const withinMs = 8_000;

/**
 * Posts without following redirects; of the answer at most 16 kB are read.
 * @throws ForbiddenAddress; the network's error; AbortError after 8 s or when `signal` says so
 */
export function createPost(allowed: Allowed): Post {
  return async (target, headers, body, stopping) => {
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(withinMs)]);
    const url = new URL(target);
    // A name server that hangs is as slow as any other.
    const addresses = await Promise.race([addressesOf(url, allowed), aborted(signal)]);
    const lookedUp: LookupFunction = (_host, { all }, answer) => {
      const first = addresses[0];
      if (all) answer(null, addresses);
      else answer(null, first?.address ?? '', first?.family);
    };
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    return new Promise<Posted>((resolve, reject) => {
      const options = { method: 'POST', headers, signal, lookup: lookedUp, agent: false };
      const request = send(url, options, (response) => {
        const parts: Buffer[] = [];
        let bytes = 0;
        const done = () => {
          const text = Buffer.concat(parts).toString('utf8');
          resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], body: text });
        };
        response.on('data', (part: Buffer) => {
          bytes += part.length;
          parts.push(part);
          if (bytes < mostAnswerBytes) return;
          done();
          request.destroy();
        });
        response.on('end', done);
        response.on('error', reject);
      });
      request.on('error', reject);
      request.end(body);
    });
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
