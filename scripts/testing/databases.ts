import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { findInstalledTimescale } from '../database/binaries.ts';
import { startCluster } from '../database/cluster.ts';
import { claimPort } from '../supervisor/ports.ts';

/** A running server to test on. */
export interface TestServer {
  url: string;
  close: () => Promise<void>;
}

/** A way to a TimescaleDB. `open` gives a server, or the reason why there is none. */
export interface TestDatabaseSource {
  name: string;
  open: () => Promise<TestServer | { missing: string }>;
}

/** Every way to a real TimescaleDB, in the order in which they are tried. All that answer are tested on. */
export function timescaleSources(root: string, env: NodeJS.ProcessEnv): TestDatabaseSource[] {
  return [
    { name: 'TEST_DATABASE_URL', open: () => openGiven(env.TEST_DATABASE_URL) },
    { name: 'TimescaleDB Community in a container', open: () => openContainer(root) },
    { name: 'installed TimescaleDB', open: openInstalled },
    { name: 'TimescaleDB in a Debian folder', open: () => openRootfs(root, env) },
  ];
}

async function openGiven(url: string | undefined): Promise<TestServer | { missing: string }> {
  if (url === undefined || url === '') return { missing: 'TEST_DATABASE_URL is not set' };
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    const { rowCount } = await client.query("SELECT FROM pg_available_extensions WHERE name = 'timescaledb'");
    if (rowCount === 0) return { missing: 'the server of TEST_DATABASE_URL has no TimescaleDB' };
  } catch (error) {
    return { missing: `TEST_DATABASE_URL does not answer: ${messageOf(error)}` };
  } finally {
    await client.end();
  }
  return { url, close: async () => {} };
}

async function openContainer(root: string): Promise<TestServer | { missing: string }> {
  const image = /image: (timescale\/\S+)/.exec(readFileSync(join(root, 'docker-compose.yml'), 'utf8'))?.[1];
  if (image === undefined) throw new Error('docker-compose.yml names no timescale image');
  const { GenericContainer, Wait, getContainerRuntimeClient } = await import('testcontainers');
  try {
    await getContainerRuntimeClient();
  } catch (error) {
    return { missing: `no container engine answers (${messageOf(error)})` };
  }
  try {
    const container = await new GenericContainer(image)
      .withEnvironment({ POSTGRES_HOST_AUTH_METHOD: 'trust', TIMESCALEDB_TELEMETRY: 'off' })
      .withExposedPorts(5432)
      // The image starts the server twice; the second start is the lasting one.
      .withWaitStrategy(Wait.forLogMessage(/ready to accept connections/, 2))
      .start();
    return {
      url: `postgresql://postgres@${container.getHost()}:${container.getMappedPort(5432)}/postgres`,
      close: async () => {
        await container.stop();
      },
    };
  } catch (error) {
    return { missing: `the container engine could not run ${image}: ${messageOf(error)}` };
  }
}

async function openInstalled(): Promise<TestServer | { missing: string }> {
  if (findInstalledTimescale().length === 0) return { missing: 'no PostgreSQL with TimescaleDB is installed' };
  const dataDir = mkdtempSync(join(tmpdir(), 'dripwatch-test-'));
  const cluster = await startCluster({ dataDir, engine: 'timescaledb', durable: false });
  return {
    url: cluster.url,
    close: async () => {
      await cluster.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function openRootfs(root: string, env: NodeJS.ProcessEnv): Promise<TestServer | { missing: string }> {
  const folder = env.TIMESCALE_ROOTFS ?? '/var/lib/dripwatch-test/rootfs';
  if (!existsSync(join(folder, '.complete'))) {
    return { missing: `${folder} is not made (as root, with debootstrap: scripts/timescale-rootfs.sh make)` };
  }
  if (process.getuid?.() !== 0) return { missing: `only root can start the one in ${folder}` };
  const script = join(root, 'scripts', 'timescale-rootfs.sh');
  const name = `test${process.pid}`;
  const port = await claimPort('the port of the test database', 0, '127.0.0.1');
  const started = spawnSync(script, ['start', name, String(port)], { encoding: 'utf8' });
  if (started.status !== 0) return { missing: `it did not start: ${started.stderr.trim()}` };
  return {
    url: started.stdout.trim(),
    close: async () => {
      const stopped = spawnSync(script, ['stop', name], { encoding: 'utf8' });
      if (stopped.status !== 0) throw new Error(`${name} in ${folder} did not stop: ${stopped.stderr.trim()}`);
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
