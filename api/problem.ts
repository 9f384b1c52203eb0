import type { Problem } from '#schemas/http/shapes.ts';

/** RFC 9457: what a refused request is told. Thrown anywhere below a route, answered by the error handler. */
export class ApiProblem extends Error {
  override name = 'ApiProblem';
  readonly problem: Problem;
  readonly headers: Record<string, string>;

  constructor(problem: Problem, headers: Record<string, string> = {}) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
    this.headers = headers;
  }
}

const titles: Record<number, string> = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  413: 'Too large',
  414: 'Address too long',
  415: 'Media type not supported',
  422: 'Does not fit',
  429: 'Too many requests',
  431: 'Headers too large',
  500: 'Internal error',
  503: 'Not available',
};

/** A problem with the usual title of its status. */
export function problem(
  status: number,
  detail: string,
  extra: Partial<Problem> = {},
  headers: Record<string, string> = {},
): ApiProblem {
  return new ApiProblem({ ...problemBody(status, detail), ...extra }, headers);
}

export function problemBody(status: number, detail: string): Problem {
  return { type: 'about:blank', title: titles[status] ?? 'Refused', status, detail };
}

export const notFound = (what: string) => problem(404, `${what} is not known`);

/** What a read or a change answers while the database is away. */
export const databaseAway = (detail = "the database can't be reached; try again shortly") =>
  problem(503, detail, {}, { 'retry-after': '5' });
