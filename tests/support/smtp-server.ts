import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

export interface Mail {
  from: string;
  to: string[];
  /** Header lines and body, as they came. */
  content: string;
}

export interface SmtpServer {
  url: string;
  mails: Mail[];
  /** So many more mails are refused for now [RFC 5321, 451]. */
  refuse: (count: number) => void;
}

/** A mail server that keeps what it gets: as much of RFC 5321 as one sender without extensions needs. */
export async function smtpServerForThisTest(): Promise<SmtpServer> {
  const mails: Mail[] = [];
  const sockets = new Set<Socket>();
  let refusals = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    const say = (line: string) => socket.write(`${line}\r\n`);
    let mail: Mail = { from: '', to: [], content: '' };
    let lines: string[] | null = null;
    say('220 mail.test');
    createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
      if (lines !== null) {
        if (line !== '.') return void lines.push(line.startsWith('..') ? line.slice(1) : line);
        mails.push({ ...mail, content: lines.join('\n') });
        lines = null;
        return void say('250 kept');
      }
      const verb = line.slice(0, 4).toUpperCase();
      if (verb === 'MAIL' && refusals > 0) {
        refusals -= 1;
        return void say('451 try again later');
      }
      if (verb === 'MAIL') mail = { from: addressIn(line), to: [], content: '' };
      if (verb === 'RCPT') mail.to.push(addressIn(line));
      if (verb === 'DATA') lines = [];
      say(verb === 'DATA' ? '354 go on' : verb === 'QUIT' ? '221 bye' : '250 ok');
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    refuse: (count) => {
      refusals = count;
    },
  };
}

const addressIn = (line: string) => /<([^>]*)>/.exec(line)?.[1] ?? '';
