import type { FastifyRequest } from 'fastify';
import {
  type DrugLibrary,
  type LibraryStep,
  type LibraryVersion,
  type LibraryVersionDetail,
  lifeOf,
} from '#schemas/http/libraries.ts';
import { checkLibrary, type LibraryProblem } from '#schemas/library/check-library.ts';
import { diffLibraries } from '#schemas/library/diff.ts';
import { type LibraryContent, libraryContent } from '#schemas/library/library.ts';
import { nextVersion, type VersionOutcome } from '#schemas/library/version.ts';
import { type Actor, writeAudit } from '../audit/write.ts';
import { isTaken, type Query } from '../database.ts';
import { personOf } from '../guard.ts';
import { type ApiProblem, notFound, problem } from '../problem.ts';

// Versions of drug libraries in the database. What may happen to one is decided by schemas/library/version.ts.

/** A signed-in person. */
export type Author = Actor & { id: string };

export const authorOf = (request: FastifyRequest): Author => {
  const { user } = personOf(request);
  return { id: user.id, name: user.name };
};

/** Of one library's file: 2,000 drugs are about 1 MB. */
export const mostLibraryBytes = 4 * 1024 * 1024;

/** @throws 404 */
export async function readLibraryOf(query: Query, id: string): Promise<DrugLibrary> {
  const [row] = await query<Omit<DrugLibrary, 'versions'>>('library_one', [id]);
  if (!row) throw notFound(`drug library ${id}`);
  return { ...row, versions: await query<LibraryVersion>('library_versions', [[id]]) };
}

/** With its content, checked now. @throws 404 */
export async function readVersion(query: Query, id: string, version: number): Promise<LibraryVersionDetail> {
  const [row] = await query<LibraryVersion & { content: unknown }>('library_version_one', [id, version]);
  if (!row) throw notFound(`version ${version} of drug library ${id}`);
  const content = libraryContent.parse(row.content);
  return { ...row, content, problems: checkLibrary(content) };
}

/**
 * A new library whose version 1 is a draft with this content.
 * @returns its id
 * @throws 409 where a library has that name already
 */
export async function insertLibrary(query: Query, name: string, content: LibraryContent, by: Author): Promise<string> {
  const [made] = await query<{ id: string }>('library_insert', [name, by.id]).catch((error: unknown) => {
    throw isTaken(error) ? problem(409, `there is a drug library ${name} already; make its next version`) : error;
  });
  if (!made) throw new Error('the library was not inserted');
  await writeAudit(query, by, 'library.create', made.id, { name });
  await insertVersion(query, made.id, content, null, by);
  return made.id;
}

/** The next version of a library, a draft. @returns its number @throws 404 */
export async function insertVersion(
  query: Query,
  library: string,
  content: LibraryContent,
  basedOn: number | null,
  by: Author,
): Promise<number> {
  const [locked] = await query('library_lock', [library]);
  if (!locked) throw notFound(`drug library ${library}`);
  const values = [library, basedOn, JSON.stringify(content), by.id];
  const [made] = await query<{ version: number }>('library_version_insert', values);
  if (!made) throw new Error('the version was not inserted');
  await writeAudit(query, by, 'library.draft', `${library}/${made.version}`, { basedOn });
  return made.version;
}

/** Writes a draft anew. @throws 404, 409 where it is no draft or somebody else has changed it since `revision` */
export async function editVersion(
  query: Query,
  at: { id: string; v: number },
  given: { revision: number; content: LibraryContent },
  by: Author,
  now: number,
): Promise<void> {
  const before = await lockVersion(query, at.id, at.v, given.revision);
  const { authors } = allowed(nextVersion(lifeOf(before), { kind: 'edit', by: by.id }, now), []);
  await query('library_version_edit', [at.id, at.v, JSON.stringify(given.content), authors, by.id]);
  const changes = diffLibraries(before.content, given.content).map(({ words }) => words);
  const detail = {
    revision: given.revision + 1,
    changes: changes.slice(0, mostTold),
    more: Math.max(0, changes.length - mostTold),
  };
  await writeAudit(query, by, 'library.edit', `${at.id}/${at.v}`, detail);
}

/** Changes of one edit that the audit tells in words. */
const mostTold = 50;

/** One step of a version's life. @throws 404, 409 for a state or a person that does not allow it, 422 for what is missing */
export async function takeStep(
  query: Query,
  at: { id: string; v: number },
  given: { step: LibraryStep; reason: string; revision: number | null },
  by: Author,
  now: number,
): Promise<void> {
  const { step, reason } = given;
  const before = await lockVersion(query, at.id, at.v, given.revision);
  const { problems } = before;
  const input = { kind: step, by: by.id, reason, problems: problems.length };
  const { state } = allowed(nextVersion(lifeOf(before), input, now), problems);
  const until = state.at === 'published' ? (state.provisional?.until ?? null) : null;
  await query('library_version_step', [at.id, at.v, state.at, step, by.id, reason, until]);
  const detail = { was: before.state, ...(reason === '' ? {} : { reason }) };
  await writeAudit(query, by, `library.${step}`, `${at.id}/${at.v}`, detail);
}

/** Whoever else changes this version waits. `revision`: what the person saw, null where that is not said. */
async function lockVersion(
  query: Query,
  id: string,
  version: number,
  revision: number | null,
): Promise<LibraryVersionDetail> {
  await query('library_version_lock', [id, version]);
  const before = await readVersion(query, id, version);
  if (revision !== null && revision !== before.revision) {
    const { name } = before.changed.by;
    throw problem(409, `${name} has changed it meanwhile: it is at revision ${before.revision}, not ${revision}`);
  }
  return before;
}

function allowed(outcome: VersionOutcome, problems: readonly LibraryProblem[]) {
  if (outcome.ok) return outcome.next;
  const { reason, detail } = outcome;
  if (reason === 'problems') throw refusedLibrary(problems, detail);
  if (reason === 'no-reason') throw problem(422, detail, { errors: [{ path: 'reason', message: detail }] });
  throw problem(409, detail);
}

/** 422 with the place of each problem. */
export function refusedLibrary(problems: readonly LibraryProblem[], detail?: string): ApiProblem {
  const errors = problems.map(({ path, where, what, expected }) => ({
    path,
    message: `${where === '' ? '' : `${where}: `}${what}; expected: ${expected}`,
  }));
  const told = errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join(' · ');
  return problem(422, detail ?? told.slice(0, 1_000), { errors: errors.slice(0, mostErrors) });
}

const mostErrors = 50;
