import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { createAuthenticate } from './authenticate.ts';
import { createAuthorize } from './authorize.ts';
import { readConnect } from './connect.ts';
import type { Credentials } from './credentials.ts';
import type { Decisions } from './hooks.ts';
import type { Link, Links } from './links.ts';
import type { Metrics } from './metrics.ts';
import type { QuietLog } from './quiet-log.ts';
import type { Refusals } from './refusals.ts';
import type { ServiceTokens } from './service-tokens.ts';

/**
 * Everything that is decided about a client, from its CONNECT on.
 * @param admitted told of a connection once it is authenticated
 */
export function createDecisions(deps: {
  log: Logger;
  quiet: QuietLog;
  links: Links;
  metrics: Metrics;
  refusals: Refusals;
  services: ServiceTokens;
  credentials: Credentials;
  admitted: (conn: Duplex, link: Link) => void;
}): Decisions {
  const { log, quiet, links, metrics, refusals, credentials, admitted } = deps;
  const authenticate = createAuthenticate(deps);

  function open(link: Link): void {
    if (links.others(link).length > 0) {
      metrics.takeovers.inc();
      quiet(`takeover ${link.clientId}`, (swallowed) =>
        log.info({ client: link.clientId, swallowed }, 'a newer connection with this client id takes over'),
      );
    }
    links.open(link);
    admitted(link.conn, link);
    if (link.credentialId !== null) credentials.connected(link.account, link.credentialId);
  }

  return {
    preConnect(client, packet) {
      const read = readConnect(client, packet);
      if ('link' in read) {
        links.remember(client, read.link);
        return null;
      }
      refusals.connect(read.because, packet.clientId.slice(0, 64), read.refusal.reason);
      return read.refusal;
    },

    async authenticate(client, password) {
      const link = links.of(client);
      if (!link) return { code: null, reason: 'authenticated before CONNECT' };
      const refusal = await authenticate(link, password);
      // It may have left while the database was asked.
      if (!refusal && !client.closed && !link.conn.destroyed) open(link);
      return refusal;
    },

    ...createAuthorize({ links, metrics, refusals }),
  };
}
