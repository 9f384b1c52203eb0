import { readFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import type { Logger } from 'pino';
import { ConfigError } from '#schemas/config.ts';
import { type BrokerConfig, isLoopback } from './config.ts';
import { listen } from './health-server.ts';

const handshakeMs = 10_000;

const socketOptions = {
  // Without it Nagle's algorithm and delayed acknowledgements cost two thirds of the throughput.
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: 30_000,
};

export interface Listeners {
  /** Of the plain listener, for services on this machine. */
  url: string;
  port: number;
  tlsPort: number | null;
  /** Admits nobody any more and cuts every connection. */
  close(): Promise<void>;
}

/**
 * Opens plain MQTT and, where a certificate is configured, MQTTS.
 * @param accept is given each connection, after the handshake with TLS
 */
export async function openListeners(
  config: BrokerConfig,
  log: Logger,
  accept: (socket: Socket) => void,
): Promise<Listeners> {
  const sockets = new Set<Socket>();
  const servers: Server[] = [];
  const take = (socket: Socket) => {
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    accept(socket);
  };
  const close = async () => {
    const closing = servers.map((server) => new Promise<void>((done) => server.close(() => done())));
    for (const socket of sockets) socket.destroy();
    await Promise.all(closing);
  };

  const allowed = isLoopback(config.MQTT_HOST) || config.MQTT_PLAIN === 'allow';
  const plain = createServer(socketOptions, take);
  const tls = await tlsOptions(config);
  try {
    servers.push(plain);
    const host = allowed ? config.MQTT_HOST : '127.0.0.1';
    const port = await listen(plain, config.MQTT_PORT, host);
    const url = `mqtt://${reachableAs(host)}:${port}`;
    if (!tls) return { url, port, tlsPort: null, close };
    const secure = createTlsServer({ ...socketOptions, ...tls }, take);
    servers.push(secure);
    secure.on('connection', (socket: Socket) => {
      // Known from before the handshake, so that closing does not wait for one that never ends.
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    secure.on('tlsClientError', (error) => log.debug({ error: error.message }, 'TLS handshake failed'));
    const tlsPort = await listen(secure, config.MQTTS_PORT, config.MQTT_HOST);
    return { url, port, tlsPort, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function reachableAs(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

async function tlsOptions(config: BrokerConfig): Promise<TlsOptions | null> {
  const { TLS_CERT, TLS_KEY, TLS_CA } = config;
  if (TLS_CERT === undefined || TLS_KEY === undefined) return null;
  const read = (name: string, path: string) =>
    readFile(path).catch(() => {
      throw new ConfigError(`${name}: got ${JSON.stringify(path)}; expected the path of a readable PEM file`);
    });
  return {
    cert: await read('TLS_CERT', TLS_CERT),
    key: await read('TLS_KEY', TLS_KEY),
    minVersion: 'TLSv1.2',
    handshakeTimeout: handshakeMs,
    // A pump may come with a certificate or with a token, so a missing certificate is no reason to refuse the handshake.
    ...(TLS_CA === undefined ? {} : { ca: await read('TLS_CA', TLS_CA), requestCert: true, rejectUnauthorized: false }),
  };
}
