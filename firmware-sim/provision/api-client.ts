import * as z from 'zod';
import { page, provisioned, session } from '#schemas/http/shapes.ts';
import { Failure } from '../failure.ts';
import type { Credential } from '../link/connection.ts';

const credentialAnswer = z.object({
  credential: z.object({ username: z.string(), token: z.string() }),
  topicPrefix: z.string().optional(),
});
const pumpAnswer = z.object({ topicPrefix: z.string() });
const journalsAnswer = z.object({ journals: z.array(z.object({ records: z.int() })) });
const problemAnswer = z.object({ title: z.string().optional(), detail: z.string().optional() });

export type ApiClient = {
  /** Provisions a pump, or renews the credential of one that is there already. */
  credentialOf(pump: { id: string; model: string; serial: string }): Promise<Credential>;
  setStatus(pump: string, status: string): Promise<void>;
  /** Records of a pump that the platform has committed, over all its journals. */
  committedRecords(pump: string): Promise<number>;
  /** Reads one resource. @throws Failure when the answer is not of this shape */
  read<T extends z.ZodType>(path: string, shape: T): Promise<z.infer<T>>;
  /** Reads a whole list, page by page. */
  readAll<T extends z.ZodType>(path: string, item: T): Promise<z.infer<T>[]>;
};

export type ApiLogin = { url: string; user: string; password: string };

/**
 * Signs in.
 * @param signal gives up waiting for an api that does not answer yet
 * @throws Failure when the api refuses, or does not answer within 30 s
 */
export async function signIn(login: ApiLogin, signal: AbortSignal): Promise<ApiClient> {
  const base = `${login.url.replace(/\/$/, '')}/api/v1`;
  let cookie = '';
  let csrfToken = '';

  const call = async (method: string, path: string, body?: unknown): Promise<Response> => {
    signal.throwIfAborted();
    const response = await fetch(`${base}${path}`, {
      method,
      signal: AbortSignal.timeout(30_000),
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(cookie && { cookie }),
        ...(csrfToken && method !== 'GET' && { 'x-csrf-token': csrfToken }),
        origin: new URL(login.url).origin,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return response;
  };

  const authenticate = async () => {
    csrfToken = '';
    cookie = '';
    const response = await call('POST', '/session', { email: login.user, password: login.password });
    if (!response.ok)
      throw new Failure(`${login.url} refused the log-in of ${login.user}: ${await problemOf(response)}`);
    cookie = response.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ');
    csrfToken = session.parse(await response.json()).csrfToken;
  };

  /** A session may end while a fleet runs for days; 429 asks for patience. */
  const ask = async (method: string, path: string, body?: unknown): Promise<Response> => {
    for (let attempt = 1; ; attempt += 1) {
      const response = await call(method, path, body);
      if (response.status === 401 && attempt === 1) await authenticate();
      else if (response.status === 429 && attempt < 30) {
        const seconds = Number(response.headers.get('retry-after')) || 1;
        await wait(Math.min(60, seconds) * 1000, signal);
      } else return response;
    }
  };

  const answer = async <T extends z.ZodType>(response: Response, what: string, shape: T): Promise<z.infer<T>> => {
    if (!response.ok) throw new Failure(`${what}: ${await problemOf(response)}`);
    const read = shape.safeParse(await response.json());
    if (!read.success) throw new Failure(`${what}: unexpected answer: ${z.prettifyError(read.error).slice(0, 200)}`);
    return read.data;
  };

  await untilAnswered(authenticate, login.url, signal);
  const path = (id: string) => `/pumps/${encodeURIComponent(id)}`;

  return {
    async credentialOf(pump) {
      const made = await ask('POST', '/pumps', pump);
      if (made.status !== 409) {
        const { credential, topicPrefix } = await answer(made, `provisioning ${pump.id}`, provisioned);
        return { ...credential, topicPrefix };
      }
      await made.body?.cancel();
      const what = `renewing the credential of ${pump.id}`;
      const renewed = await answer(await ask('POST', `${path(pump.id)}/credentials`, {}), what, credentialAnswer);
      const topicPrefix =
        renewed.topicPrefix ?? (await answer(await ask('GET', path(pump.id)), what, pumpAnswer)).topicPrefix;
      return { ...renewed.credential, topicPrefix };
    },
    async setStatus(pump, status) {
      const response = await ask('PATCH', path(pump), { status });
      if (!response.ok) throw new Failure(`status of ${pump}: ${await problemOf(response)}`);
      await response.body?.cancel();
    },
    async committedRecords(pump) {
      const { journals } = await answer(await ask('GET', path(pump)), pump, journalsAnswer);
      return journals.reduce((sum, { records }) => sum + records, 0);
    },
    async read(given, shape) {
      return answer(await ask('GET', given), given, shape);
    },
    async readAll<T extends z.ZodType>(given: string, item: T) {
      const items: z.infer<T>[] = [];
      const shape = z.object({ items: z.array(item), next: page(z.unknown()).shape.next });
      let next: string | null = null;
      do {
        const cursor = next === null ? '' : `&cursor=${encodeURIComponent(next)}`;
        const read: { items: z.infer<T>[]; next: string | null } = await answer(
          await ask('GET', `${given}${given.includes('?') ? '&' : '?'}limit=200${cursor}`),
          given,
          shape,
        );
        items.push(...read.items);
        next = read.next;
      } while (next !== null);
      return items;
    },
  };
}

async function problemOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const problem = problemAnswer.safeParse(JSON.parse(text));
    if (problem.success) return `${response.status} ${problem.data.detail ?? problem.data.title ?? ''}`.trim();
  } catch {
    // Not a problem document, perhaps a proxy's page: the status alone is told.
  }
  return String(response.status);
}

async function untilAnswered(attempt: () => Promise<void>, url: string, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (error instanceof Failure || signal.aborted) throw error;
      if (Date.now() > deadline) {
        throw new Failure(`the api at ${url} does not answer; is it running? (npm start, or --api URL)`);
      }
    }
    await wait(500, signal);
  }
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', aborted);
      resolve();
    }, ms);
    function aborted() {
      clearTimeout(timer);
      reject(signal.reason);
    }
    signal.addEventListener('abort', aborted, { once: true });
  });
}
