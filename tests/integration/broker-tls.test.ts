import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectAs, provisionPump, type TestBroker, testBroker, untilClosed } from '../support/broker.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

const hasOpenssl = (() => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
const because = hasOpenssl ? '' : ' [skipped: openssl not installed, needed to make certificates]';

let database: TestDatabase;
let broker: TestBroker;
let folder: string;
const file = (name: string) => join(folder, name);
const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore', cwd: folder });

function makeAuthority(name: string): void {
  openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
    '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.pem`); // biome-ignore format: one command
}
function makeCertificate(name: string, authority: string): { key: Buffer; cert: Buffer } {
  openssl(
    'req',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-subj',
    `/CN=${name}`,
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.csr`,
  );
  openssl(
    'x509',
    '-req',
    '-days',
    '2',
    '-in',
    `${name}.csr`,
    '-CA',
    `${authority}.pem`,
    '-CAkey',
    `${authority}.key`,
    '-CAcreateserial',
    '-out',
    `${name}.pem`,
  );
  return { key: readFileSync(file(`${name}.key`)), cert: readFileSync(file(`${name}.pem`)) };
}

describe.skipIf(!hasOpenssl)(`MQTTS${because}`, () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dripwatch-tls-'));
    makeAuthority('authority');
    makeAuthority('stranger');
    makeCertificate('localhost', 'authority');
    database = await testDatabase();
    broker = await testBroker(database.url, {
      TLS_CERT: file('localhost.pem'),
      TLS_KEY: file('localhost.key'),
      TLS_CA: file('authority.pem'),
    });
  });
  afterAll(async () => {
    await broker.close();
    await database.close();
    rmSync(folder, { recursive: true });
  });

  const secure = () => ({ url: `mqtts://localhost:${broker.tlsPort}` });
  const trust = () => ({ ca: readFileSync(file('authority.pem')) });

  test('a pump connects with its token', async () => {
    const pump = await provisionPump(database.pool, 'TLS-TOKEN-1');
    const client = await connectAs(secure(), pump, trust());
    await client.publishAsync(`${pump.prefix}/up/hello`, '{}', { qos: 1 });
  });

  test('a pump connects with a certificate of the configured authority, and is cut when it retires', async () => {
    const pump = await provisionPump(database.pool, 'TLS-CERT-1');
    const certificate = makeCertificate(pump.id, 'authority');
    const options = { ...trust(), ...certificate, username: undefined, password: undefined };
    const client = await connectAs(secure(), pump, options);
    await client.publishAsync(`${pump.prefix}/up/hello`, '{}', { qos: 1 });
    const closed = untilClosed(client);
    await database.pool.query('update pump set retired_at = now() where pump_id = $1', [pump.id]);
    await closed;
    await expect(connectAs(secure(), pump, options)).rejects.toMatchObject({ code: 5 });
  });

  test('a certificate does not open another pump’s link', async () => {
    const pump = await provisionPump(database.pool, 'TLS-CERT-2');
    const options = { ...trust(), ...makeCertificate('TLS-CERT-3', 'authority'), password: undefined };
    await expect(connectAs(secure(), pump, { ...options, username: undefined })).rejects.toMatchObject({ code: 2 });
    await expect(connectAs(secure(), pump, options)).rejects.toMatchObject({ code: 5 });
  });

  test('a certificate of an unknown authority counts for nothing: a token is asked for', async () => {
    const pump = await provisionPump(database.pool, 'TLS-CERT-4');
    const options = { ...trust(), ...makeCertificate(pump.id, 'stranger'), password: undefined };
    await expect(connectAs(secure(), pump, options)).rejects.toMatchObject({ code: 4 });
  });

  test('plain MQTT stays open beside it, on loopback', async () => {
    const pump = await provisionPump(database.pool, 'TLS-PLAIN-1');
    expect((await connectAs(broker, pump)).connected).toBe(true);
  });
});
