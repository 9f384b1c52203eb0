import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { startTcpLink } from './tcp-link.ts';

/** A server that answers with what it hears, behind a link. */
async function echoBehindLink() {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const link = await startTcpLink(typeof address === 'object' && address ? address.port : 0);
  onTestFinished(link.close);
  const client = () => {
    const socket = connect({ port: link.port, host: '127.0.0.1' });
    const state = { heard: '', error: '', closed: false };
    socket.on('data', (bytes) => {
      state.heard += bytes.toString();
    });
    socket.on('error', (error) => {
      state.error = error.message;
    });
    socket.on('close', () => {
      state.closed = true;
    });
    onTestFinished(() => void socket.destroy());
    return { socket, state };
  };
  return { link, client };
}
const says = (socket: Socket, state: { heard: string }, word: string) => {
  socket.write(word);
  return waitFor(() => state.heard.endsWith(word), { what: `an answer ${word}` });
};

test('a whole link passes everything on, and a cut one ends it and takes nobody', async () => {
  const { link, client } = await echoBehindLink();
  const { socket, state } = client();
  await says(socket, state, 'one');
  link.disturb('cut');
  await waitFor(() => state.closed);
  const refused = client();
  await waitFor(() => refused.state.closed);
  link.mend();
  const again = client();
  await says(again.socket, again.state, 'two');
});

test('a reset link says so', async () => {
  const { link, client } = await echoBehindLink();
  const { socket, state } = client();
  await says(socket, state, 'one');
  link.disturb('reset');
  await waitFor(() => state.error.includes('ECONNRESET'));
});

test('a half-open link stays open and says nothing, and never comes back to life', async () => {
  const { link, client } = await echoBehindLink();
  const { socket, state } = client();
  await says(socket, state, 'one');
  link.disturb('half-open');
  socket.write('two');
  const other = client();
  await once(other.socket, 'connect');
  other.socket.write('three');
  await waitFor(() => link.open === 2);
  expect([state.heard, state.closed, other.state.heard, other.state.closed]).toEqual(['one', false, '', false]);
  link.mend();
  await waitFor(() => state.closed && other.state.closed);
  expect(state.heard).toBe('one');
});

test('a slow link passes everything on, late', async () => {
  const { link, client } = await echoBehindLink();
  link.disturb('slow');
  const { socket, state } = client();
  const began = performance.now();
  const text = 'x'.repeat(6_000);
  socket.write(text);
  await waitFor(() => state.heard.length === text.length);
  expect(performance.now() - began).toBeGreaterThan(120);
});
