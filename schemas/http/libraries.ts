import * as z from 'zod';
import { libraryContent } from '../library/library.ts';
import type { Version, VersionState } from '../library/version.ts';
import { apiTime } from './api-time.ts';
import { pageQuery } from './shapes.ts';

// Drug libraries and their versions, as the api tells and takes them.

const person = z.object({ id: z.string(), name: z.string() });
const moment = z.object({ by: person, at: apiTime });
const reasoned = moment.extend({ reason: z.string() });

export const libraryVersionStates = ['draft', 'in-review', 'approved', 'published', 'retired'] as const;

export const libraryVersion = z.object({
  library: z.object({ id: z.string(), name: z.string() }),
  version: z.int(),
  /** The version that it began as a copy of. */
  basedOn: z.int().nullable(),
  /** Goes up with every edit of the content. */
  revision: z.int(),
  state: z.enum(libraryVersionStates),
  notice: z.string().nullable(),
  careAreas: z.int(),
  drugs: z.int(),
  /** Everybody who wrote in it: none of them may approve it. */
  authors: z.array(person),
  created: moment,
  changed: moment,
  submitted: moment.nullable(),
  /** The last time that it was sent back. */
  sentBack: reasoned.nullable(),
  approved: moment.nullable(),
  published: moment.nullable(),
  /** Published by one person in a hurry; `approved` says who confirmed it since. */
  urgent: z.object({ reason: z.string(), until: apiTime }).nullable(),
  retired: reasoned.nullable(),
});
export type LibraryVersion = z.infer<typeof libraryVersion>;

/** What the check of the content finds; with any it can't be submitted. */
export const libraryProblem = z.object({
  path: z.string(),
  where: z.string(),
  what: z.string(),
  expected: z.string(),
});

/** What a change answers: the version without its content. */
export const checkedVersion = libraryVersion.extend({ problems: z.array(libraryProblem) });

export const libraryVersionDetail = checkedVersion.extend({ content: libraryContent });
export type LibraryVersionDetail = z.infer<typeof libraryVersionDetail>;

export const drugLibrary = z.object({
  id: z.string(),
  name: z.string(),
  created: moment,
  /** Newest first. */
  versions: z.array(libraryVersion),
});
export type DrugLibrary = z.infer<typeof drugLibrary>;

export const drugLibrariesQuery = z.strictObject(pageQuery.shape);
export const versionParams = z.object({
  id: z.guid('a library’s id'),
  v: z.coerce.number('a version’s number').int().min(1).max(1_000_000),
});
/** A new library begins with version 1, an empty draft. */
export const newLibraryRequest = z.strictObject({ name: z.string().trim().min(1, 'a name').max(120) });
/** A new draft: a copy of `from`, or of the newest version. */
export const newVersionRequest = z.strictObject({ from: z.int().min(1).optional() }).nullish();
/** `content` as in `GET /drug-libraries/schema.json`; `revision` is the one that it was made from. */
export const draftRequest = z.strictObject({ revision: z.int().min(1), content: z.unknown() });

/** What may be done with a version, each by `POST …/versions/{v}/{step}`. */
export const librarySteps = [
  'submit',
  'approve',
  'send-back',
  'publish',
  'publish-urgently',
  'confirm',
  'retire',
] as const;
export type LibraryStep = (typeof librarySteps)[number];
/** `revision`: what the person has looked at; another one by now is refused. Some steps need a reason. */
export const stepRequest = z
  .strictObject({ reason: z.string().trim().max(500).default(''), revision: z.int().optional() })
  .nullish();

export const diffQuery = z.strictObject({ against: z.coerce.number('a version’s number').int().min(1).max(1_000_000) });
export const libraryDiff = z.object({
  from: z.int(),
  to: z.int(),
  changes: z.array(
    z.object({
      kind: z.enum(['added', 'removed', 'changed']),
      careArea: z.string(),
      drug: z.string(),
      property: z.string(),
      words: z.string(),
    }),
  ),
});
export const exportQuery = z.strictObject({ format: z.enum(['json', 'csv']).default('json') });

/** What tells of a version's life, of a drug library or of a rule set. */
export type Lived = Pick<
  LibraryVersion,
  'version' | 'state' | 'authors' | 'submitted' | 'approved' | 'published' | 'urgent' | 'retired'
>;

/** A version as the pure rules of its life know it. */
export function lifeOf(version: Lived): Version {
  return { state: stateOf(version), authors: version.authors.map(({ id }) => id) };
}

function stateOf(version: Lived): VersionState {
  const { state, submitted, approved, published, urgent, retired } = version;
  const since = (given: z.infer<typeof moment> | null) => {
    if (given === null) throw new Error(`version ${version.version} is ${state}, but nobody made it so`);
    return { by: given.by.id, since: Date.parse(given.at) };
  };
  switch (state) {
    case 'draft':
      return { at: 'draft' };
    case 'in-review':
      return { at: 'in-review', ...since(submitted) };
    case 'approved':
      return { at: 'approved', ...since(approved) };
    case 'published': {
      const waits = urgent !== null && approved === null;
      const provisional = waits ? { until: Date.parse(urgent.until), reason: urgent.reason } : null;
      return { at: 'published', ...since(published), approvedBy: approved?.by.id ?? null, provisional };
    }
    case 'retired':
      return { at: 'retired', ...since(retired), reason: retired?.reason ?? '' };
  }
}
