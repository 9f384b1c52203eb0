import type { Duplex } from 'node:stream';

/**
 * Makes writes to this connection never ask the writer to wait. aedes holds up a publisher until all its subscribers
 * have drained: one pump with a half-open link would hold up the acknowledgements and commands of all others.
 * What bounds the memory instead is `maxQueuedBytes`: beyond it `overflow` is called, once a write, to end the link.
 */
export function writeUnheld(conn: Duplex, maxQueuedBytes: number, overflow: () => void): void {
  const write = conn.write;
  Object.assign(conn, {
    write: (...args: unknown[]) => {
      const more: boolean = Reflect.apply(write, conn, args);
      if (!more && conn.writableLength > maxQueuedBytes && !conn.destroyed) overflow();
      return true;
    },
  });
}
