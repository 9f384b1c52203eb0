import type { Duplex } from 'node:stream';
import type { Client } from 'aedes';
import type { Access } from './access.ts';

/** One connection whose CONNECT was read. aedes's own table of clients loses entries when a client id flaps. */
export interface Link {
  /** Pump id, or name of the service account. */
  readonly account: string;
  readonly kind: 'pump' | 'service';
  readonly clientId: string;
  readonly conn: Duplex;
  readonly access: Access;
  /** Bytes of the largest payload it may publish. */
  readonly maxPayloadBytes: number;
  /** Cut when more than this is waiting to be sent to it. */
  readonly maxQueuedBytes: number;
  /** The will of its CONNECT, known by identity. */
  readonly will: object | null;
  /** A valid client certificate named this account. */
  readonly certified: boolean;
  /** The credential it came in with; null for services and certificates. */
  credentialId: string | null;
}

export interface Links {
  /** Remembers what CONNECT said. The link counts as open only once `open` is called. */
  remember(client: Client, link: Link): void;
  of(client: Client): Link | undefined;
  /** The link is authenticated. It is forgotten when its socket closes. */
  open(link: Link): void;
  /** Every open link. */
  all(): Iterable<Link>;
  /** Open links with the same client id, the given one left out. */
  others(link: Link): Link[];
  counts(): Record<Link['kind'], number>;
}

export function createLinks(): Links {
  const byClient = new WeakMap<Client, Link>();
  const byClientId = new Map<string, Set<Link>>();
  const opened = { pump: 0, service: 0 };

  function forget(link: Link): void {
    const same = byClientId.get(link.clientId);
    if (!same?.delete(link)) return;
    opened[link.kind] -= 1;
    if (same.size === 0) byClientId.delete(link.clientId);
  }

  return {
    remember: (client, link) => void byClient.set(client, link),
    of: (client) => byClient.get(client),
    open(link) {
      const same = byClientId.get(link.clientId) ?? new Set();
      byClientId.set(link.clientId, same.add(link));
      opened[link.kind] += 1;
      link.conn.once('close', () => forget(link));
    },
    *all() {
      for (const same of byClientId.values()) yield* same;
    },
    others: (link) => [...(byClientId.get(link.clientId) ?? [])].filter((other) => other !== link),
    counts: () => ({ ...opened }),
  };
}
