import type { Logger } from 'pino';
import { type ServiceAccount, serviceAccounts } from '#schemas/topics.ts';
import type { Credentials } from './credentials.ts';
import { type ConnectRefusal, connack } from './hooks.ts';
import type { Link } from './links.ts';
import type { AuthFailure, Metrics } from './metrics.ts';
import type { QuietLog } from './quiet-log.ts';
import type { ServiceTokens } from './service-tokens.ts';
import { hashToken } from './token.ts';

type Answer = ConnectRefusal | null;

/**
 * Checks that a link is who its CONNECT said. Answers at once when the token is in memory, after asking the database
 * otherwise: a pump that was provisioned a second ago connects.
 */
export function createAuthenticate(deps: {
  log: Logger;
  quiet: QuietLog;
  metrics: Metrics;
  services: ServiceTokens;
  credentials: Credentials;
}): (link: Link, password: Uint8Array | undefined) => Answer | Promise<Answer> {
  const { log, quiet, metrics, services, credentials } = deps;

  function refuse(link: Link, failure: AuthFailure, code: ConnectRefusal['code'], reason: string): ConnectRefusal {
    metrics.authFailures.inc({ reason: failure });
    quiet(`auth ${failure} ${link.clientId}`, (swallowed) =>
      log.warn({ client: link.clientId, reason: failure, swallowed }, `not authenticated: ${reason}`),
    );
    return { code, reason };
  }
  const unavailable = (link: Link) =>
    refuse(link, 'unavailable', connack.unavailable, 'not known here, and the database does not answer');

  function checkPump(link: Link, password: Uint8Array): Answer | Promise<Answer> {
    const judge = (check: Awaited<ReturnType<Credentials['check']>>): Answer => {
      switch (check.is) {
        case 'good':
          link.credentialId = check.credentialId;
          return null;
        case 'wrong':
          return check.pumpKnown
            ? refuse(link, 'wrong-token', connack.badCredentials, 'wrong token')
            : refuse(link, 'unknown', connack.badCredentials, 'unknown or retired pump');
        case 'unknowable':
          return unavailable(link);
      }
    };
    const checked = credentials.check(link.account, hashToken(password));
    return checked instanceof Promise ? checked.then(judge) : judge(checked);
  }

  return (link, password) => {
    if (link.certified) {
      const judge = (known: boolean): Answer =>
        known ? null : refuse(link, 'certificate', connack.notAuthorized, 'the certificate names no pump in use');
      const known = credentials.knows(link.account);
      return typeof known === 'boolean' ? judge(known) : known.then(judge);
    }
    if (password === undefined || password.length === 0) {
      return refuse(link, 'no-token', connack.badCredentials, 'no token');
    }
    const service = serviceAccounts.find((name): name is ServiceAccount => name === link.account);
    if (service === undefined) return checkPump(link, password);
    return services.matches(service, hashToken(password))
      ? null
      : refuse(link, 'wrong-token', connack.badCredentials, 'wrong token');
  };
}
