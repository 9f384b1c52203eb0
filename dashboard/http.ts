import type * as z from 'zod';
import { type Problem, problem } from '#schemas/http/shapes.ts';

/** What went wrong with a request, in words for the person at the screen. */
export class RequestError extends Error {
  override name = 'RequestError';
  readonly status: number;
  readonly problem: Problem | null;
  constructor(message: string, status: number, problem: Problem | null) {
    super(message);
    this.status = status;
    this.problem = problem;
  }
}

const inWords: Record<number, string> = {
  0: 'The server can’t be reached.',
  400: 'The server did not accept what was sent.',
  401: 'You are signed out.',
  403: 'Your role may not do this.',
  404: 'There is no such thing.',
  409: 'Somebody else was first.',
  429: 'Too many attempts. Wait a minute, then try again.',
  503: 'This can’t be recorded now: the database does not answer.',
};

type Request = {
  method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  body?: unknown;
  /** A file as it is, in place of a JSON body. */
  file?: { type: string; text: string };
  signal?: AbortSignal | undefined;
  headers?: Readonly<Record<string, string>>;
};

/** Requests to `/api/v1`: answers are parsed, every change carries the session's CSRF token. */
export type Http = <T extends z.ZodType>(path: string, schema: T, request?: Request) => Promise<z.infer<T>>;

/**
 * @param csrfToken read at each changing request
 * @throws RequestError with status 0 when the server can't be reached
 */
export function createHttp(csrfToken: () => string | null): Http {
  return async (path, schema, request = {}) => {
    const method = request.method ?? 'GET';
    const headers: Record<string, string> = { accept: 'application/json', ...request.headers };
    const token = csrfToken();
    if (method !== 'GET' && token !== null) headers['x-csrf-token'] = token;
    if (request.body !== undefined) headers['content-type'] = 'application/json';
    if (request.file !== undefined) headers['content-type'] = request.file.type;
    let response: Response;
    try {
      response = await fetch(`/api/v1${path}`, {
        method,
        headers,
        credentials: 'same-origin',
        signal: request.signal ?? null,
        body: request.file?.text ?? (request.body === undefined ? null : JSON.stringify(request.body)),
      });
    } catch (cause) {
      if (request.signal?.aborted) throw cause;
      throw new RequestError(inWords[0] ?? '', 0, null);
    }
    const text = await response.text();
    if (!response.ok) throw failed(response.status, text, method);
    const value: unknown = text === '' ? undefined : JSON.parse(text);
    const read = schema.safeParse(value);
    if (read.success) return read.data;
    throw new RequestError('The server’s answer could not be read. Reload the page.', response.status, null);
  };
}

function failed(status: number, text: string, method: string): RequestError {
  let given: Problem | null = null;
  try {
    given = problem.parse(JSON.parse(text));
  } catch {
    // Not a problem document, such as a proxy's own page: the status says enough.
    given = null;
  }
  const unread = status === 503 && method === 'GET' ? 'The database does not answer.' : undefined;
  const message = unread ?? inWords[status] ?? given?.detail ?? given?.title ?? `The server answered ${status}.`;
  return new RequestError(message, status, given);
}
