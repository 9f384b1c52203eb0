import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import {
  type Assignment,
  assignment,
  assignmentCorrection,
  assignmentEnd,
  assignmentRequest,
  corrected,
} from '#schemas/http/assignments.ts';
import { assignmentsQuery } from '#schemas/http/care-queries.ts';
import { idParams } from '#schemas/http/queries.ts';
import { page } from '#schemas/http/shapes.ts';
import { actorOf, writeAudit } from '../audit/write.ts';
import { auditedRead } from '../care/audited-read.ts';
import { makeFree, makeSure, makeSureOfSpan, makeSureOfTherapy, type Span } from '../care/pump-patient.ts';
import type { Query } from '../database.ts';
import type { ApiDeps } from '../deps.ts';
import { personOf } from '../guard.ts';
import { once } from '../idempotency.ts';
import { decodeCursor, toPage } from '../page-cursor.ts';
import { notFound, problem } from '../problem.ts';
import { createProvisioning, knownPump, watchAtPatient } from '../provisioning.ts';

const sort = 'assignments';

/** `GET/POST /assignments`, `POST /assignments/{id}/end` and `/correct`. */
export function assignmentRoutes(deps: ApiDeps): FastifyPluginAsyncZod {
  const { db, live, now } = deps;
  const { changed } = createProvisioning(deps);

  async function readAssignment(query: Query, id: string): Promise<Assignment> {
    const [row] = await query<Assignment>('assignment_one', [id]);
    if (!row) throw notFound(`assignment ${id}`);
    return row;
  }

  /** The pump's row first, then the assignment's: everybody who changes what is whose waits here. */
  async function locked(query: Query, id: string) {
    const [found] = await query<{ pump: string }>('assignment_pump', [id]);
    if (!found) throw notFound(`assignment ${id}`);
    const known = await knownPump(query, found.pump);
    const [row] = await query<{ pump: string; patient: string; corrected: boolean } & Span>('assignment_lock', [id]);
    if (!row) throw notFound(`assignment ${id}`);
    if (row.corrected) throw problem(409, 'this assignment was corrected already; look at the one that stands for it');
    return { ...row, known };
  }

  /** Screens are told again whose the pump's alerts are; as the last statement, for the feed's numbers. */
  async function tellAgain(query: Query, pump: string): Promise<void> {
    const alerts = await query<{ id: string }>('pump_alerts_shown', [pump]);
    if (alerts.length > 0) await query('feed_append', [alerts.map(({ id }) => id)]);
  }

  async function told(pump: string): Promise<void> {
    live.feedHint();
    await changed([pump]);
  }

  return async (app) => {
    app.get(
      '/assignments',
      {
        config: { access: 'patient.read' },
        schema: {
          tags: ['assignments'],
          summary: 'Which pump is with whom, newest first; corrected rows stay visible',
          querystring: assignmentsQuery,
          response: { 200: page(assignment) },
        },
      },
      (request) =>
        auditedRead(db, request, 'assignment.list', async (query) => {
          const { limit, cursor, patient, pump, state } = request.query;
          const at = decodeCursor(cursor, { sort, key: 'time', id: 'uuid' });
          const filter = [patient ?? null, pump ?? null, state ?? null, at.key, at.id, limit + 1];
          const rows = await query<Assignment & { key: string }>('assignments_list', filter);
          const result = toPage(
            rows,
            limit,
            (row) => ({ sort, key: row.key, id: row.id }),
            (row) => row,
          );
          return { subject: patient ?? null, result };
        }),
    );

    app.post(
      '/assignments',
      {
        config: { access: 'assignment.write' },
        schema: {
          tags: ['assignments'],
          summary: 'Give a pump to a patient, after its label and two identifiers were read at the bedside',
          body: assignmentRequest,
          response: { 201: assignment },
        },
      },
      async (request, reply) => {
        const { pump, patient, therapy, verified } = request.body;
        const signedIn = personOf(request);
        const made = await once(
          db,
          request,
          async (query) => {
            const known = await knownPump(query, pump);
            await watchAtPatient(query, known, signedIn.user.id);
            const from = request.body.from ?? new Date(now()).toISOString();
            makeSureOfSpan({ from, to: null }, now());
            const how = await makeSure(query, pump, patient, verified);
            await makeSureOfTherapy(query, patient, therapy);
            await makeFree(query, pump, { from, to: null }, null);
            const row = [pump, patient, therapy, from, null, how, signedIn.user.id, null];
            const id = await insert(query, row);
            await writeAudit(query, actorOf(signedIn), 'assignment.create', id, { pump, patient, therapy, from });
            const result = await readAssignment(query, id);
            await tellAgain(query, pump);
            return { subject: id, result };
          },
          readAssignment,
        );
        await told(pump);
        return reply.code(201).send(made);
      },
    );

    app.post(
      '/assignments/:id/end',
      {
        config: { access: 'assignment.write' },
        schema: {
          tags: ['assignments'],
          summary: 'The pump is no longer with this patient',
          params: idParams,
          body: assignmentEnd.nullish(),
          response: { 200: assignment },
        },
      },
      async (request) => {
        const { id } = request.params;
        const signedIn = personOf(request);
        const after = await db.transaction(async (query) => {
          const row = await locked(query, id);
          if (row.to !== null) throw problem(409, `this assignment ended at ${row.to}`);
          const to = request.body?.at ?? new Date(now()).toISOString();
          makeSureOfSpan({ from: row.from, to }, now());
          await query('assignment_end', [id, to, signedIn.user.id]);
          await writeAudit(query, actorOf(signedIn), 'assignment.end', id, {
            pump: row.pump,
            patient: row.patient,
            to,
          });
          const result = await readAssignment(query, id);
          await tellAgain(query, row.pump);
          return result;
        });
        await told(after.pump);
        return after;
      },
    );

    app.post(
      '/assignments/:id/correct',
      {
        config: { access: 'assignment.write' },
        schema: {
          tags: ['assignments'],
          summary: 'It was wrong: another row stands for it, its infusions are re-attributed, it stays visible',
          params: idParams,
          body: assignmentCorrection,
          response: { 200: corrected },
        },
      },
      async (request) => {
        const { id } = request.params;
        const { patient, therapy, reason, verified } = request.body;
        const signedIn = personOf(request);
        const answer = await db.transaction(async (query) => {
          const row = await locked(query, id);
          const from = request.body.from ?? row.from;
          const to = request.body.to === undefined ? row.to : request.body.to;
          makeSureOfSpan({ from, to }, now());
          const how = await makeSure(query, row.pump, patient, verified);
          await makeSureOfTherapy(query, patient, therapy);
          await makeFree(query, row.pump, { from, to }, id);
          const earliest = Date.parse(from) < Date.parse(row.from) ? from : row.from;
          const before = await infusionPatients(query, row.pump, earliest);
          // An end that was a mistake: the pump may have been marked as cleaned since.
          if (to === null) await watchAtPatient(query, row.known, signedIn.user.id);
          await query('assignment_correct', [id, signedIn.user.id, reason]);
          const by = signedIn.user.id;
          const made = await insert(query, [row.pump, patient, therapy, from, to, how, by, id]);
          const after = await infusionPatients(query, row.pump, earliest);
          const reattributed = [...after].filter(([infusion, whose]) => before.get(infusion) !== whose);
          const infusions = reattributed.map(([infusion]) => infusion);
          const detail = { pump: row.pump, was: row.patient, patient, therapy, from, to, reason, infusions };
          await writeAudit(query, actorOf(signedIn), 'assignment.correct', made, detail);
          const result = { assignment: await readAssignment(query, made), reattributed: infusions };
          await tellAgain(query, row.pump);
          return result;
        });
        await told(answer.assignment.pump);
        return answer;
      },
    );
  };
}

async function insert(query: Query, values: readonly unknown[]): Promise<string> {
  const [row] = await query<{ id: string }>('assignment_insert', values);
  if (!row) throw new Error('the assignment was not inserted');
  return row.id;
}

async function infusionPatients(query: Query, pump: string, since: string): Promise<Map<string, string | null>> {
  type Row = { infusion: string; patient: string | null };
  const rows = await query<Row>('pump_infusion_patients', [pump, since]);
  return new Map(rows.map(({ infusion, patient }) => [infusion, patient]));
}
