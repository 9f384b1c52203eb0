// The link between ingest and its database, which can break at the very moment of a COMMIT.
import { connect, createServer, type Socket } from 'node:net';

export const commitCuts = [
  /** The link breaks before COMMIT reaches the server, which rolls back. */
  'commit-lost',
  /** The server commits; its answer is held back and the link breaks. */
  'answer-lost',
  /** The link breaks for the worker; COMMIT reaches the server later, while the worker already loads again. */
  'commit-late',
  /** The server commits and nobody ever says so: the worker waits until its own time-out. */
  'answer-never',
] as const;
export type CommitCut = (typeof commitCuts)[number];

export type CommitLink = {
  port: number;
  /** Breaks the next link that sends COMMIT. Fulfilled when the server has answered it, or surely never saw it. */
  cutNext(cut: CommitCut): Promise<void>;
  /** Breaks every link that is open now. */
  cutAll(): void;
  close(): Promise<void>;
};

// PostgreSQL's protocol: 'Q', four bytes of length, the statement, a zero byte; ingest sends COMMIT alone.
const commitMessage = Buffer.from('Q\u0000\u0000\u0000\u000bcommit\u0000');
/** Long enough for a worker to begin loading again, and shorter than the server waits in an open transaction. */
const lateMs = 1_000;

/** Forwards a free port to the database's. */
export async function startCommitLink(databasePort: number): Promise<CommitLink> {
  /** Whole links, by their near end. */
  const open = new Map<Socket, Socket>();
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  const waiting: { cut: CommitCut; done: () => void }[] = [];

  const breakAt = (near: Socket, far: Socket, cut: CommitCut, done: () => void) => {
    far.removeAllListeners('data');
    near.removeAllListeners('data');
    open.delete(near);
    far.once('close', done);
    const finish = () => {
      near.destroy();
      far.destroy();
      done();
    };
    switch (cut) {
      case 'commit-lost':
        finish();
        return;
      case 'answer-lost':
        far.once('data', finish);
        far.write(commitMessage);
        return;
      case 'commit-late': {
        near.destroy();
        far.once('data', finish);
        const timer = setTimeout(() => {
          timers.delete(timer);
          far.write(commitMessage);
        }, lateMs);
        timers.add(timer);
        return;
      }
      case 'answer-never':
        // Both ends believe in the link, and nothing passes; the worker gives up by itself.
        near.once('close', () => far.destroy());
        far.once('data', done);
        far.write(commitMessage);
    }
  };

  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port: databasePort, host: '127.0.0.1', noDelay: true });
    open.set(near, far);
    near.on('data', (bytes) => {
      const next = bytes.equals(commitMessage) ? waiting.shift() : undefined;
      if (next) breakAt(near, far, next.cut, next.done);
      else far.write(bytes);
    });
    far.on('data', (bytes) => near.write(bytes));
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => one.destroy());
      one.on('close', () => {
        sockets.delete(one);
        // Of a link that was broken on purpose, the other end has its own end.
        if (open.delete(near)) other.destroy();
      });
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const cutAll = () => {
    for (const [near, far] of open) {
      near.destroy();
      far.destroy();
    }
  };
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    cutNext: (cut) => new Promise((done) => waiting.push({ cut, done })),
    cutAll,
    async close() {
      for (const timer of timers) clearTimeout(timer);
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
