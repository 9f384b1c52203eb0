import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { createPost, mayReach, refuseUrl } from './outbound.ts';

test.each<[string, boolean, boolean, boolean]>([
  // address, allowed: public, loopback, private
  ['93.184.216.34', true, true, true],
  ['2606:2800:220:1::1', true, true, true],
  ['127.0.0.1', false, true, true],
  ['127.255.255.254', false, true, true],
  ['::1', false, true, true],
  ['::ffff:127.0.0.1', false, true, true],
  ['10.0.0.1', false, false, true],
  ['172.15.255.255', true, true, true],
  ['172.16.0.0', false, false, true],
  ['172.31.255.255', false, false, true],
  ['172.32.0.0', true, true, true],
  ['192.168.1.1', false, false, true],
  ['100.64.0.1', false, false, true],
  ['::ffff:10.0.0.1', false, false, true],
  ['fd00::1', false, false, true],
  ['169.254.169.254', false, false, false],
  ['::ffff:169.254.169.254', false, false, false],
  ['0.0.0.0', false, false, false],
  ['::', false, false, false],
  ['fe80::1', false, false, false],
  ['fec0::1', false, false, false],
  ['::10.0.0.1', false, false, false],
  ['::169.254.169.254', false, false, false],
  ['64:ff9b::7f00:1', false, false, false],
  ['2002:7f00:1::', false, false, false],
  ['224.0.0.1', false, false, false],
  ['255.255.255.255', false, false, false],
  ['not an address', false, false, false],
])('%s may be reached: %s, with loopback %s, with private networks %s', (address, ...expected) => {
  expect((['public', 'loopback', 'private'] as const).map((allowed) => mayReach(address, allowed))).toEqual(expected);
});

test.each<[string, string | null, string | null]>([
  // address, what is wrong with it where public, where loopback is allowed
  ['https://push.example.org/x', null, null],
  ['http://push.example.org/x', 'https://', 'https://'],
  ['http://127.0.0.1:8080/x', 'public address', null],
  // The same address in the notations that a URL parser knows.
  ['http://2130706433/x', 'public address', null],
  ['http://0x7f.1/x', 'public address', null],
  ['http://[::1]/x', 'public address', null],
  ['https://10.1.2.3/x', 'public address', 'public address'],
  ['https://user:pass@push.example.org/', 'password', 'password'],
  ['ftp://push.example.org/', 'https://', 'https://'],
  ['file:///etc/passwd', 'https://', 'https://'],
  ['nothing', 'not a URL', 'not a URL'],
])('%s is refused: %s, with loopback %s', (url, ...expected) => {
  for (const [index, allowed] of (['public', 'loopback'] as const).entries()) {
    const words = expected[index] ?? null;
    if (words === null) expect(refuseUrl(url, allowed)).toBeNull();
    else expect(refuseUrl(url, allowed)).toContain(words);
  }
});

async function server(answer: Parameters<typeof createServer>[1]) {
  let asked = 0;
  const listening = createServer((request, response) => {
    asked += 1;
    answer?.(request, response);
  });
  await new Promise<void>((done) => listening.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    listening.closeAllConnections();
    listening.close();
  });
  const address = listening.address();
  return { port: typeof address === 'object' ? (address?.port ?? 0) : 0, asked: () => asked };
}
const open = new AbortController().signal;

test('a name that leads to this machine is not connected to unless this machine is allowed', async () => {
  const { port, asked } = await server((_request, response) => response.writeHead(204).end());
  const url = `http://localhost:${port}/`;
  await expect(createPost('public')(url, {}, 'x', open)).rejects.toThrow('not a public one');
  expect(asked()).toBe(0);
  expect((await createPost('loopback')(url, {}, 'x', open)).status).toBe(204);
});

test('a redirect is an answer, not a way on', async () => {
  const inner = await server((_request, response) => response.end('secret'));
  const { port } = await server((_request, response) =>
    response.writeHead(302, { location: `http://127.0.0.1:${inner.port}/` }).end(),
  );
  expect((await createPost('loopback')(`http://127.0.0.1:${port}/`, {}, 'x', open)).status).toBe(302);
  expect(inner.asked()).toBe(0);
});

test('an endless answer is read for 16 kB, and one that never comes ends when told so', async () => {
  const endless = await server((_request, response) => {
    const more = () => {
      while (response.write('x'.repeat(4096))) if (response.destroyed) return;
    };
    response.on('drain', more).on('error', () => {});
    more();
  });
  const answer = await createPost('loopback')(`http://127.0.0.1:${endless.port}/`, {}, 'x', open);
  expect(answer.body.length).toBeLessThan(200_000);

  const silent = await server(() => {});
  const stopping = new AbortController();
  const waiting = createPost('loopback')(`http://127.0.0.1:${silent.port}/`, {}, 'x', stopping.signal);
  stopping.abort();
  await expect(waiting).rejects.toThrow('aborted');
});
