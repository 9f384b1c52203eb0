import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import {
  type AssignmentPump,
  assignmentPump,
  assignmentPumpsQuery,
  assignmentsQuery,
  type LibraryAssignment,
  libraryAssignment,
  libraryAssignmentDetail,
  newAssignmentRequest,
  rollBackRequest,
} from '#schemas/http/library-assignments.ts';
import { idParams } from '#schemas/http/queries.ts';
import { page } from '#schemas/http/shapes.ts';
import { type StragglerFacts, stragglerReason } from '#schemas/rules/straggler.ts';
import type { ApiDeps } from '../deps.ts';
import { assignLibrary, goOn, readAssignment, rollBack } from '../distribution/assignments.ts';
import { once } from '../idempotency.ts';
import { authorOf } from '../library/versions.ts';
import { decodeCursor, toPage } from '../page-cursor.ts';

const sorts = { all: 'rollouts', pumps: 'rollpump' };
const tags = ['drug libraries'];
type PumpRow = Omit<AssignmentPump, 'reason'> & { facts: StragglerFacts };

/** `GET/POST /library-assignments`, one of them with its pumps, `go-on` and `roll-back`. */
export function libraryAssignmentRoutes({ db }: ApiDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/library-assignments',
      {
        config: { access: 'read' },
        schema: {
          tags,
          summary: 'Roll-outs of library versions, newest first, with how many pumps are how far',
          querystring: assignmentsQuery,
          response: { 200: page(libraryAssignment) },
        },
      },
      async (request) => {
        const { limit, cursor, library, stage } = request.query;
        const at = decodeCursor(cursor, { sort: sorts.all, key: 'time', id: 'uuid' });
        const rows = await db.query<LibraryAssignment & { key: string }>('library_assignments_list', [
          ...[library ?? null, stage ?? null, at.key, at.id, limit + 1],
        ]);
        return toPage(
          rows,
          limit,
          (row) => ({ sort: sorts.all, key: row.key, id: row.id }),
          (row) => row,
        );
      },
    );

    app.post(
      '/library-assignments',
      {
        config: { access: 'fleet.write' },
        schema: {
          tags,
          summary: 'Assign a published version to pumps, care areas or the fleet, canaries first where they are named',
          body: newAssignmentRequest,
          response: { 201: libraryAssignmentDetail },
        },
      },
      async (request, reply) => {
        const made = await once(
          db,
          request,
          async (query) => {
            const id = await assignLibrary(query, request.body, authorOf(request));
            return { subject: id, result: await readAssignment(query, id) };
          },
          readAssignment,
        );
        return reply.code(201).send(made);
      },
    );

    app.get(
      '/library-assignments/:id',
      {
        config: { access: 'read' },
        schema: {
          tags,
          summary: 'One roll-out, with what going on or rolling back would do to how many pumps',
          params: idParams,
          response: { 200: libraryAssignmentDetail },
        },
      },
      (request) => readAssignment(db.query, request.params.id),
    );

    app.get(
      '/library-assignments/:id/pumps',
      {
        config: { access: 'read' },
        schema: {
          tags,
          summary: 'Pumps of a roll-out by id, each with how far it is and why it is no further',
          params: idParams,
          querystring: assignmentPumpsQuery,
          response: { 200: page(assignmentPump) },
        },
      },
      async (request) => {
        const { limit, cursor, progress } = request.query;
        const { id } = request.params;
        await readAssignment(db.query, id);
        const at = decodeCursor(cursor, { sort: sorts.pumps, key: 'text', id: 'text' });
        const rows = await db.query<PumpRow>('library_assignment_pumps', [id, progress ?? null, at.id, limit + 1]);
        return toPage(
          rows,
          limit,
          (row) => ({ sort: sorts.pumps, key: row.pump, id: row.pump }),
          ({ facts, ...row }) => ({ ...row, reason: row.step === 'installed' ? null : reasonOf(facts) }),
        );
      },
    );

    app.post(
      '/library-assignments/:id/go-on',
      {
        config: { access: 'fleet.write' },
        schema: {
          tags,
          summary: 'The canaries did well: to everybody else of the scope',
          params: idParams,
          response: { 200: libraryAssignmentDetail },
        },
      },
      (request) =>
        db.transaction(async (query) => {
          await goOn(query, request.params.id, authorOf(request));
          return readAssignment(query, request.params.id);
        }),
    );

    app.post(
      '/library-assignments/:id/roll-back',
      {
        config: { access: 'fleet.write' },
        schema: {
          tags,
          summary: 'Every pump of it gets the version that it had before',
          params: idParams,
          body: rollBackRequest,
          response: { 200: libraryAssignmentDetail },
        },
      },
      (request) =>
        db.transaction(async (query) => {
          await rollBack(query, request.params.id, request.body.reason, authorOf(request));
          return readAssignment(query, request.params.id);
        }),
    );
  };
}

function reasonOf(facts: StragglerFacts): AssignmentPump['reason'] {
  const { since, ...reason } = stragglerReason(facts);
  return { ...reason, since: since === null ? null : new Date(since).toISOString() };
}
