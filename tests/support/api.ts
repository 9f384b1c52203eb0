import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import WebSocket from 'ws';
import * as z from 'zod';
import type { ServerFrame } from '#schemas/http/live-frames.ts';
import type { Role } from '#schemas/http/shapes.ts';
import { type Api, startApi } from '../../api/api.ts';
import { readApiConfig } from '../../api/config.ts';
import { createPasswords } from '../../api/sessions/password.ts';
import type { TestBroker } from './broker.ts';
import { waitFor } from './wait-for.ts';

export const testPassword = 'correct horse battery staple';

/** An api of its own beside a test's broker and database; ready when this returns. The caller closes it. */
export async function testApi(
  broker: Pick<TestBroker, 'url' | 'dataDir'>,
  databaseUrl: string,
  env: Record<string, string> = {},
  now: () => number = Date.now,
): Promise<Api> {
  const config = readApiConfig({
    DATABASE_URL: databaseUrl,
    MQTT_URL: broker.url,
    DATA_DIR: broker.dataDir,
    PORT: '0',
    DASHBOARD_DIR: `${broker.dataDir}/dashboard`,
    ...env,
  });
  const api = await startApi(config, { log: pino({ level: process.env.TEST_LOG ?? 'silent' }), now });
  await waitFor(async () => (await fetch(`http://127.0.0.1:${api.port}/readyz`)).status === 200, {
    timeoutMs: 15_000,
    what: 'the api is ready',
  });
  return api;
}

/** Like {@link testApi}, closed when the running test ends. */
export async function apiForThisTest(
  broker: Pick<TestBroker, 'url' | 'dataDir'>,
  databaseUrl: string,
  env: Record<string, string> = {},
  now: () => number = Date.now,
): Promise<Api> {
  const api = await testApi(broker, databaseUrl, env, now);
  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    await api.close();
  };
  onTestFinished(close);
  return { ...api, close };
}

let passwordHash: Promise<string> | undefined;

/** Puts a person with {@link testPassword} into the database. */
export async function addPerson(db: pg.Pool, role: Role, email = `${role}-${randomUUID()}@test`): Promise<string> {
  passwordHash ??= createPasswords().hash(testPassword);
  await db.query('insert into app_user (email, name, role, password_hash) values ($1, $2, $3, $4)', [
    email,
    `${role} ${email.slice(0, 14)}`,
    role,
    await passwordHash,
  ]);
  return email;
}

export type Answer = { status: number; body: unknown; headers: Headers };

/** The body of an answer, which has to be of this shape. */
export function shape<T extends z.ZodType>(schema: T, answer: Answer): z.infer<T> {
  const read = schema.safeParse(answer.body);
  if (read.success) return read.data;
  throw new Error(`${answer.status} ${JSON.stringify(answer.body)}: ${z.prettifyError(read.error)}`);
}

/** Somebody signed in, as a browser would be: cookie, CSRF token. */
export class Person {
  readonly base: string;
  readonly cookie: string;
  readonly csrfToken: string;
  readonly id: string;
  readonly name: string;

  constructor(base: string, cookie: string, session: { csrfToken: string; user: { id: string; name: string } }) {
    this.base = base;
    this.cookie = cookie;
    this.csrfToken = session.csrfToken;
    this.id = session.user.id;
    this.name = session.user.name;
  }

  static async signIn(api: Pick<Api, 'url'>, email: string, password = testPassword): Promise<Person> {
    const response = await fetch(`${api.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    });
    if (response.status !== 201) throw new Error(`sign-in answered ${response.status}: ${await response.text()}`);
    const cookie = response.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
    return new Person(api.url, cookie, await response.json());
  }

  async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(`${this.base}${path.startsWith('/api') ? path : `/api/v1${path}`}`, {
      method,
      headers: {
        cookie: this.cookie,
        ...(method === 'GET' ? {} : { 'x-csrf-token': this.csrfToken }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isText = response.headers.get('content-type')?.startsWith('text/') ?? false;
    return {
      status: response.status,
      body: isText ? text : text === '' ? null : JSON.parse(text),
      headers: response.headers,
    };
  }

  get(path: string): Promise<Answer> {
    return this.ask('GET', path);
  }

  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> {
    return this.ask('POST', path, body, headers);
  }

  /** Opens a live socket, which is closed when the running test ends. */
  live(headers: Record<string, string> = {}): Promise<LiveClient> {
    return LiveClient.open(this.base, { cookie: this.cookie, ...headers });
  }
}

/** A browser's end of the live socket. */
export class LiveClient {
  readonly frames: ServerFrame[] = [];
  readonly socket: WebSocket;
  closed: { code: number; reason: string } | null = null;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => this.frames.push(JSON.parse(data.toString())));
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
    });
    socket.on('error', () => {});
  }

  /** @throws Error naming the HTTP status when the upgrade is refused */
  static open(base: string, headers: Record<string, string>): Promise<LiveClient> {
    const socket = new WebSocket(`${base.replace(/^http/, 'ws')}/api/v1/live`, { headers });
    const client = new LiveClient(socket);
    onTestFinished(() => socket.terminate());
    return new Promise((resolve, reject) => {
      socket.on('open', () => resolve(client));
      socket.on('unexpected-response', (_request, response) => {
        socket.terminate();
        reject(new Error(`upgrade refused: ${response.statusCode}`));
      });
      socket.on('error', reject);
    });
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  of<T extends ServerFrame['type']>(type: T): Extract<ServerFrame, { type: T }>[] {
    return this.frames.filter((frame): frame is Extract<ServerFrame, { type: T }> => frame.type === type);
  }

  /** The first frame of a type, present or to come, that fits. */
  next<T extends ServerFrame['type']>(
    type: T,
    fits: (frame: Extract<ServerFrame, { type: T }>) => boolean = () => true,
  ): Promise<Extract<ServerFrame, { type: T }>> {
    return waitFor(() => this.of(type).find(fits), { what: () => `a frame ${type}; heard ${this.heard()}` });
  }

  private heard(): string {
    const frames = this.frames.map(({ type }) => type).join(' ') || 'nothing';
    return this.closed ? `${frames}; closed with ${this.closed.code} ${this.closed.reason}` : frames;
  }

  async ended(): Promise<{ code: number; reason: string }> {
    return waitFor(() => this.closed, { what: 'the socket to close' });
  }
}
