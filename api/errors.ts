import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { Problem } from '#schemas/http/shapes.ts';
import { isStorableText } from '#schemas/messages/text.ts';
import { isDatabaseAway } from './database.ts';
import { ApiProblem, databaseAway, problemBody } from './problem.ts';

const problemType = 'application/problem+json; charset=utf-8';

function sendProblem(reply: FastifyReply, body: Problem, headers: Record<string, string> = {}) {
  return reply.code(body.status).headers(headers).type(problemType).serializer(JSON.stringify).send(body);
}

/** Turns whatever was thrown into a problem; what we did not expect is logged and told nothing of. */
export function answerError(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply) {
  if (error instanceof ApiProblem) return sendProblem(reply, error.problem, error.headers);

  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.map(({ instancePath, message }) => ({
      path: instancePath.slice(1).replaceAll('/', '.'),
      message: plainly(message ?? ''),
    }));
    const detail = errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join(' · ');
    return sendProblem(reply, { ...problemBody(400, detail.slice(0, 1_000)), errors: errors.slice(0, 50) });
  }
  if (isDatabaseAway(error)) {
    const reads = request.method === 'GET' || request.method === 'HEAD';
    const away = reads
      ? databaseAway()
      : databaseAway("this can't be recorded while the database is away; nothing was changed, or it is unknown");
    request.log.warn({ err: error }, 'the database is away');
    return sendProblem(reply, away.problem, away.headers);
  }
  if (isRefusedValue(error)) return sendProblem(reply, problemBody(400, unstorableWords(request)));

  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
  if (status >= 400 && status < 500) {
    return sendProblem(reply, problemBody(status, unreadBodyWords(error, request) ?? error.message));
  }
  request.log.error({ err: error }, 'a request failed');
  return sendProblem(reply, problemBody(500, 'something went wrong here; it was logged'));
}

/** What the schemas' library says, in words that name what is expected. */
function plainly(message: string): string {
  const missing = /^Invalid input: expected (.+), received undefined$/.exec(message);
  if (missing) return missing[1] === 'nonoptional' ? 'is missing' : `is missing; expected ${missing[1]}`;
  if (message === '' || message === 'Invalid input') return 'has none of the shapes that are read here; see /api/docs';
  return message.replace('expected tuple', 'expected a list of a fixed length');
}

/** Of a body that no parser took: what came and what was expected; the framework names neither, or names JSON of FHIR. */
function unreadBodyWords(error: Error, { headers }: FastifyRequest): string | null {
  const code = 'code' in error ? error.code : null;
  if (code === 'FST_ERR_CTP_INVALID_JSON_BODY') return 'body: not valid JSON';
  if (code !== 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return null;
  const given = JSON.stringify((headers['content-type'] ?? '').slice(0, 80));
  return `content-type: ${given} is not read here; expected application/json, or what /api/docs names`;
}

/** Names the text that PostgreSQL can't hold, where it is one. */
function unstorableWords({ body, query, params }: FastifyRequest): string {
  const place = [params, query, body].map((part) => unstorableAt(part, '')).find((path) => path !== null);
  if (place === undefined) return 'a value that the database can not hold: expected numbers and times within its range';
  return `${place}: text that the database can not hold; expected text without NUL and without half characters`;
}

function unstorableAt(value: unknown, path: string): string | null {
  if (typeof value === 'string') return isStorableText(value) ? null : path;
  if (typeof value !== 'object' || value === null) return null;
  for (const [name, part] of Object.entries(value)) {
    const at = unstorableAt(part, path === '' ? name : `${path}.${name}`);
    if (at !== null) return at;
  }
  return null;
}

/** Text that JSON can carry and PostgreSQL can't: a NUL, a lone surrogate, a number out of range. */
function isRefusedValue(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && /^22(021|P02|P05|003|007|008)$/.test(error.code);
}

/** 404, or 405 where the address is known with another method. */
export function addNotFound(app: FastifyInstance, pageFor: (request: FastifyRequest) => string | null): void {
  const known: { pattern: RegExp; methods: string[] }[] = [];
  app.addHook('onRoute', ({ url, method }: RouteOptions) => {
    if (url.includes('*')) return;
    const pattern = new RegExp(`^${url.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/:[A-Za-z]+/g, '[^/]+')}$`);
    known.push({ pattern, methods: [method].flat() });
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '/';
    const methods = new Set(known.filter(({ pattern }) => pattern.test(path)).flatMap((route) => route.methods));
    if (methods.size > 0) {
      const allow = [...methods].sort().join(', ');
      return sendProblem(reply, problemBody(405, `${request.method} is not for this address; ${allow}`), { allow });
    }
    const page = pageFor(request);
    if (page !== null) return reply.header('cache-control', 'no-cache').sendFile(page);
    return sendProblem(reply, problemBody(404, `${path} is not known`));
  });
}
