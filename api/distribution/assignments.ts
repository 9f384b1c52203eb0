import { createHash } from 'node:crypto';
import type * as z from 'zod';
import type {
  AssignmentScope,
  LibraryAssignment,
  LibraryAssignmentDetail,
  newAssignmentRequest,
} from '#schemas/http/library-assignments.ts';
import { libraryText, libraryVersionName, mostVersionName, partBytes } from '#schemas/library/distributed.ts';
import { writeAudit } from '../audit/write.ts';
import type { Query } from '../database.ts';
import { type Author, readVersion } from '../library/versions.ts';
import { notFound, problem } from '../problem.ts';
import { giveTo } from './transfers.ts';

// Roll-outs of library versions: who gets one, the canaries first, then everybody or back. All of it under one lock.

type Wanted = z.infer<typeof newAssignmentRequest>;
type ScopePump = { pump: string; online: boolean };
type Before = {
  versionName: string | null;
  pumps: string[];
  library: string | null;
  version: number | null;
  state: string | null;
};

/** @throws 404 */
export async function readAssignment(query: Query, id: string): Promise<LibraryAssignmentDetail> {
  const [row] = await query<LibraryAssignment>('library_assignment_one', [id]);
  if (!row) throw notFound(`library assignment ${id}`);
  const notYet = await query<{ pump: string; hasIt: boolean }>('library_assignment_not_yet', [id]);
  const befores = await query<Before>('library_assignment_befores', [id]);
  return {
    ...row,
    notYet: row.stage === 'rolled-back' ? 0 : notYet.length,
    notYetHaveIt: row.stage === 'rolled-back' ? 0 : notYet.filter(({ hasIt }) => hasIt).length,
    rollBack: befores.map((before) => {
      const { versionName, pumps } = before;
      return { versionName, pumps: pumps.length, obstacle: obstacleOf(before, row.versionName) };
    }),
  };
}

/**
 * Assigns a published version to pumps, or to the canaries among them.
 * @returns its id
 * @throws 404, 409 for a version that is not published, 422 for a scope or canaries that are not there
 */
export async function assignLibrary(query: Query, wanted: Wanted, by: Author): Promise<string> {
  await query('library_assignments_lock');
  const versionName = await fileOf(query, wanted.library, wanted.version);
  await checkScope(query, wanted.scope);
  const scope = JSON.stringify(wanted.scope);
  const pumps = await query<ScopePump>('library_scope_pumps', [scope, versionName]);
  if (pumps.length === 0) throw problem(422, 'scope: no pump of the fleet is in it');
  const canaries = canariesOf(wanted.canary, pumps);
  // Where the canaries are everybody, there is nobody to go on to.
  const stage = canaries === null || canaries.length === pumps.length ? 'rest' : 'canary';
  const id = await insert(query, { ...wanted, versionName, scope, stage, rollsBack: null }, by);
  const first = canaries ?? pumps.map(({ pump }) => pump);
  await giveTo(query, id, first, canaries !== null);
  const detail = {
    version: versionName,
    scope: wanted.scope,
    canary: wanted.canary,
    pumps: first.length,
    of: pumps.length,
  };
  await writeAudit(query, by, 'library.assign', id, detail);
  return id;
}

/** The canaries did well: everybody else of the scope. @throws 404, 409 */
export async function goOn(query: Query, id: string, by: Author): Promise<void> {
  await query('library_assignments_lock');
  const { stage, library, version, versionName } = await readAssignment(query, id);
  if (stage === 'rest') throw problem(409, 'it has gone on to everybody already');
  if (stage === 'rolled-back') throw problem(409, 'it was rolled back');
  await fileOf(query, library.id, version);
  const rest = await query<{ pump: string }>('library_assignment_not_yet', [id]);
  await query('library_assignment_go_on', [id, by.id]);
  await giveTo(
    query,
    id,
    rest.map(({ pump }) => pump),
    false,
  );
  await writeAudit(query, by, 'library.go-on', id, { version: versionName, pumps: rest.length });
}

/**
 * Every pump of it gets the version that it had before. A pump whose earlier version can not be sent keeps what it has.
 * @throws 404, 409 where it is rolled back already, or nothing could be sent to anybody
 */
export async function rollBack(query: Query, id: string, reason: string, by: Author): Promise<void> {
  await query('library_assignments_lock');
  const { stage, versionName, timeOutMin } = await readAssignment(query, id);
  if (stage === 'rolled-back') throw problem(409, 'it was rolled back already');
  const befores = await query<Before>('library_assignment_befores', [id]);
  const possible = befores.filter((before) => obstacleOf(before, versionName) === null);
  if (possible.length === 0) {
    const why = befores.map((before) => obstacleOf(before, versionName)).join('; ') || 'no pump follows it any more';
    throw problem(409, `there is no version to go back to: ${why}`);
  }
  await query('library_assignment_rolled_back', [id, by.id, reason]);
  for (const before of possible) {
    if (before.library === null || before.version === null) continue;
    const to = await fileOf(query, before.library, before.version);
    const scope = JSON.stringify({ fleet: false, careAreas: [], pumps: before.pumps } satisfies AssignmentScope);
    const note = `roll-back of ${versionName}: ${reason}`.slice(0, 500);
    const back = await insert(query, { versionName: to, scope, stage: 'rest', timeOutMin, note, rollsBack: id }, by);
    await giveTo(query, back, before.pumps, false);
  }
  const detail = possible.map(({ versionName: to, pumps }) => ({ to, pumps: pumps.length }));
  await writeAudit(query, by, 'library.roll-back', id, { version: versionName, reason, detail });
}

/** Why pumps can't be given back what they had. */
function obstacleOf({ versionName, library, version, state }: Before, assigned: string): string | null {
  if (versionName === null) return 'what they had before is not known';
  if (versionName === assigned) return 'they had this version before';
  if (library === null || version === null || state === null) return `${versionName} is not a library of this platform`;
  return state === 'published' ? null : `${versionName} is ${state}, not published`;
}

async function insert(
  query: Query,
  given: {
    versionName: string;
    scope: string;
    stage: string;
    timeOutMin: number;
    note?: string;
    rollsBack: string | null;
  },
  by: Author,
): Promise<string> {
  const { versionName, scope, stage, timeOutMin, note, rollsBack } = given;
  const values = [versionName, scope, stage, timeOutMin, note ?? null, rollsBack, by.id];
  const [made] = await query<{ id: string }>('library_assignment_insert', values);
  if (!made) throw new Error('the assignment was not inserted');
  return made.id;
}

/** Makes the file of a version where there is none yet. @returns the version's name @throws 404, 409 not published */
async function fileOf(query: Query, library: string, version: number): Promise<string> {
  await query('library_version_lock', [library, version]);
  const found = await readVersion(query, library, version);
  const name = libraryVersionName(found.library.name, version);
  if (found.state !== 'published')
    throw problem(409, `${name} is ${found.state}: only a published version goes to pumps`);
  const [known] = await query('library_file_by_version', [library, version]);
  if (known) return name;
  if (name.length > mostVersionName) {
    throw problem(422, `${name}: ${name.length} characters; a pump takes a name of at most ${mostVersionName}`);
  }
  const text = libraryText(name, found.content);
  const bytes = Buffer.byteLength(text);
  const sha256 = createHash('sha256').update(text).digest('hex');
  await query('library_file_insert', [name, library, version, text, sha256, bytes, Math.ceil(bytes / partBytes)]);
  return name;
}

/** A name that nothing answers to would be a roll-out that reaches fewer pumps than somebody thinks. */
async function checkScope(query: Query, { pumps, careAreas }: AssignmentScope): Promise<void> {
  const known = await query<{ pump: string }>('library_known_pumps', [pumps]);
  const there = new Set(known.map(({ pump }) => pump));
  const unknown = pumps.filter((pump) => !there.has(pump));
  const areas = await query<{ area: string }>('library_known_care_areas', [careAreas]);
  const errors = [
    ...unknown.map((pump) => ({ path: 'scope.pumps', message: `${pump}: no such pump, or it is retired` })),
    ...areas.map(({ area }) => ({
      path: 'scope.careAreas',
      message: `${area}: in no published library, and no pump is there`,
    })),
  ];
  if (errors.length > 0) throw problem(422, errors[0]?.message ?? '', { errors: errors.slice(0, 50) });
}

function canariesOf(canary: Wanted['canary'], pumps: readonly ScopePump[]): string[] | null {
  if (canary === null) return null;
  if ('percent' in canary) {
    const many = Math.max(1, Math.ceil((pumps.length * canary.percent) / 100));
    return pumps.slice(0, many).map(({ pump }) => pump);
  }
  const inScope = new Set(pumps.map(({ pump }) => pump));
  const outside = canary.pumps.filter((pump) => !inScope.has(pump));
  if (outside.length > 0) {
    throw problem(422, `canary.pumps: ${outside.slice(0, 5).join(', ')}: not in the scope`, {
      errors: outside.slice(0, 50).map((pump) => ({ path: 'canary.pumps', message: `${pump}: not in the scope` })),
    });
  }
  return [...new Set(canary.pumps)];
}
