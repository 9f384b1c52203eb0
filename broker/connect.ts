import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { Client, ConnectPacket } from 'aedes';
import { maxMessageBytes, pumpIdPattern, type ServiceAccount, serviceAccounts, shardOf } from '#schemas/topics.ts';
import { pumpAccess, serviceAccess } from './access.ts';
import { type ConnectRefusal, connack } from './hooks.ts';
import type { Link } from './links.ts';
import type { RefusalReason } from './metrics.ts';

/** Seconds of the longest keepalive [MQTT 3.1.1, 3.1.2.10]. */
export const keepaliveLimitS = 60;
const maxServiceMessageBytes = 1024 * 1024;
const maxPumpQueueBytes = 1024 * 1024;
const maxServiceQueueBytes = 64 * 1024 * 1024;

type Read = { link: Link } | { refusal: ConnectRefusal; because: RefusalReason };

/**
 * Reads a CONNECT: who it says it is and what that account may do. Makes the session clean and its will a message
 * without retain flag and of QoS 1 at most. Nothing is authenticated here.
 */
export function readConnect(client: Client, packet: ConnectPacket): Read {
  const refuse = (because: RefusalReason, code: ConnectRefusal['code'], reason: string): Read => ({
    refusal: { code, reason },
    because,
  });
  // [MQTT-3.1.2-2]
  if (packet.protocolVersion !== 4) {
    return refuse(
      'protocol-version',
      connack.protocol,
      `MQTT 3.1.1 only, not protocol level ${packet.protocolVersion}`,
    );
  }
  // Table 3.1 has no code for it, so the link is closed without CONNACK [MQTT-3.2.2-6].
  const keepalive = packet.keepalive ?? 0;
  if (keepalive < 1 || keepalive > keepaliveLimitS) {
    return refuse('keepalive', null, `keepalive must be 1 to ${keepaliveLimitS} s, not ${keepalive}`);
  }
  const certificateName = certifiedName(client.conn);
  const account = certificateName ?? packet.username;
  const { clientId, will } = packet;
  // [MQTT-3.1.3-8] an empty one is refused even with a clean session: nobody could be told apart by it
  if (clientId === '' || account === undefined) {
    return refuse(
      'client-id',
      clientId === '' ? connack.identifier : connack.badCredentials,
      'no client id or user name',
    );
  }
  if (packet.username !== undefined && packet.username !== account) {
    return refuse('client-id', connack.notAuthorized, 'user name is not the name in the certificate');
  }
  const service = certificateName === null ? serviceAccounts.find((name) => name === account) : undefined;
  if (service === undefined && !pumpIdPattern.test(account)) {
    return refuse('client-id', connack.badCredentials, 'user name is neither a pump id nor a service account');
  }
  if (service === undefined ? clientId !== account : !isServiceClientId(service, clientId)) {
    return refuse('client-id', connack.identifier, 'client id does not belong to the user name');
  }
  const access = service === undefined ? pumpAccess(account, shardOf(firstHashByte(account))) : serviceAccess(service);
  if (will && will.topic !== access.willTopic) {
    return refuse('will', connack.notAuthorized, 'last will on a topic that is not its own');
  }

  packet.clean = true;
  if (will) {
    will.retain = false;
    will.qos = will.qos ? 1 : 0;
  }
  return {
    link: {
      account,
      kind: service === undefined ? 'pump' : 'service',
      clientId,
      conn: client.conn,
      access,
      maxPayloadBytes: service === undefined ? maxMessageBytes : maxServiceMessageBytes,
      maxQueuedBytes: service === undefined ? maxPumpQueueBytes : maxServiceQueueBytes,
      will: will ?? null,
      certified: certificateName !== null,
      credentialId: null,
    },
  };
}

/** A service may run as several processes: `svc-ingest`, `svc-ingest-2`, … */
function isServiceClientId(service: ServiceAccount, clientId: string): boolean {
  return clientId === service || clientId.startsWith(`${service}-`);
}

function firstHashByte(pump: string): number {
  return createHash('sha256').update(pump).digest()[0] ?? 0;
}

/** The common name of a client certificate that the configured authority signed; null without one. */
function certifiedName(conn: Duplex): string | null {
  if (!(conn instanceof TLSSocket) || !conn.authorized) return null;
  const name = conn.getPeerCertificate().subject?.CN;
  return typeof name === 'string' && name !== '' ? name : null;
}
