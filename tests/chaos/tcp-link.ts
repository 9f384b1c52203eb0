// A TCP link between two parts of the platform that can be cut, slow, half-open or reset.
import { connect, createServer, type Socket } from 'node:net';
import type { LinkFault } from './schedule.ts';

export type TcpLink = {
  port: number;
  disturb(fault: LinkFault): void;
  /** Back to normal. What was half-open stays dead: nobody ever answers there again. */
  mend(): void;
  /** Connections that are open now. */
  readonly open: number;
  close(): Promise<void>;
};

/** One way of a slow link: so many bytes at a time, so far apart. */
const slowBytes = 2_048;
const slowEveryMs = 60;

/** Forwards a free port of this machine to another one. */
export async function startTcpLink(targetPort: number): Promise<TcpLink> {
  let state: LinkFault | 'whole' = 'whole';
  /** Connections by their near end; dead ones swallow what they get. */
  const connections = new Map<Socket, { far: Socket; dead: boolean }>();

  const forward = (from: Socket, to: Socket, near: Socket) => {
    from.on('data', (bytes) => {
      if (connections.get(near)?.dead) return;
      if (state !== 'slow') {
        if (!to.write(bytes)) {
          from.pause();
          to.once('drain', () => from.resume());
        }
        return;
      }
      from.pause();
      trickle(bytes, to, () => from.resume());
    });
    from.on('error', () => to.destroy());
    from.on('end', () => {
      if (!connections.get(near)?.dead) to.end();
    });
    from.on('close', () => {
      if (connections.get(near)?.dead) return;
      connections.delete(near);
      to.destroy();
    });
  };
  const trickle = (bytes: Buffer, to: Socket, done: () => void) => {
    if (to.destroyed) return;
    to.write(bytes.subarray(0, slowBytes));
    const rest = bytes.subarray(slowBytes);
    setTimeout(() => {
      if (rest.length > 0) trickle(rest, to, done);
      else done();
    }, slowEveryMs);
  };

  const server = createServer({ noDelay: true }, (near) => {
    near.on('error', () => near.destroy());
    if (state === 'cut' || state === 'reset') {
      near.resetAndDestroy();
      return;
    }
    const far = connect({ port: targetPort, host: '127.0.0.1', noDelay: true });
    connections.set(near, { far, dead: state === 'half-open' });
    forward(near, far, near);
    forward(far, near, near);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();

  const endAll = (end: (socket: Socket) => void) => {
    for (const [near, { far }] of connections) {
      connections.delete(near);
      end(near);
      end(far);
    }
  };

  return {
    port: typeof address === 'object' && address ? address.port : 0,
    get open() {
      return connections.size;
    },
    disturb(fault) {
      state = fault;
      if (fault === 'cut') endAll((socket) => socket.destroy());
      else if (fault === 'reset') endAll((socket) => socket.resetAndDestroy());
      else if (fault === 'half-open') for (const connection of connections.values()) connection.dead = true;
    },
    mend() {
      state = 'whole';
      for (const [near, { far, dead }] of connections) {
        if (!dead) continue;
        // The far end is told nothing for as long as it does not ask; a reset is what it gets when it does.
        connections.delete(near);
        near.resetAndDestroy();
        far.resetAndDestroy();
      }
    },
    async close() {
      endAll((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
