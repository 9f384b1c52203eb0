import { randomBytes } from 'node:crypto';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type * as z from 'zod';
import { therapiesQuery } from '#schemas/http/care-queries.ts';
import { idParams } from '#schemas/http/queries.ts';
import { page } from '#schemas/http/shapes.ts';
import { type Therapy, therapy, therapyChange, therapyDetail, therapyRequest } from '#schemas/http/therapies.ts';
import { actorOf, writeAudit } from '../audit/write.ts';
import { auditedRead } from '../care/audited-read.ts';
import { columnsOf, fieldsOf } from '../care/columns.ts';
import { isTaken, type Query } from '../database.ts';
import type { ApiDeps } from '../deps.ts';
import { personOf } from '../guard.ts';
import { once } from '../idempotency.ts';
import { decodeCursor, toPage } from '../page-cursor.ts';
import { notFound, problem } from '../problem.ts';

const sort = 'therapies';
type Detail = z.infer<typeof therapyDetail>;

/** `GET/POST /therapies`, `GET/PATCH /therapies/{id}`. */
export function therapyRoutes({ db, now }: ApiDeps): FastifyPluginAsyncZod {
  async function readTherapy(query: Query, id: string): Promise<Detail> {
    const [row] = await query<Detail>('therapy_one', [id]);
    if (!row) throw notFound(`therapy ${id}`);
    return row;
  }

  return async (app) => {
    app.get(
      '/therapies',
      {
        config: { access: 'patient.read' },
        schema: {
          tags: ['therapies'],
          summary: 'Therapies, newest first; those of one patient are an audited read',
          querystring: therapiesQuery,
          response: { 200: page(therapy) },
        },
      },
      (request) =>
        auditedRead(db, request, 'therapy.list', async (query) => {
          const { limit, cursor, patient, status, q } = request.query;
          const at = decodeCursor(cursor, { sort, key: 'time', id: 'uuid' });
          const filter = [patient ?? null, status ?? null, q?.replace(/[\\%_]/g, '\\$&') ?? null];
          const rows = await query<Therapy & { key: string }>('therapies_list', [...filter, at.key, at.id, limit + 1]);
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
      '/therapies',
      {
        config: { access: 'therapy.write' },
        schema: {
          tags: ['therapies'],
          summary: 'Begin a course',
          body: therapyRequest,
          response: { 201: therapyDetail },
        },
      },
      async (request, reply) => {
        const { patient, drug, careArea, status, schedule, nextVisitAt, nextDeliveryAt, emergencyPlan } = request.body;
        const reference = request.body.reference ?? `TH-${randomBytes(4).toString('hex').toUpperCase()}`;
        const signedIn = personOf(request);
        try {
          const made = await once(
            db,
            request,
            async (query) => {
              const [known] = await query('patient_one', [patient]);
              if (!known) throw notFound(`patient ${patient}`);
              const [row] = await query<{ id: string }>('therapy_insert', [
                ...[patient, reference, drug, careArea, status, JSON.stringify(schedule)],
                ...[nextVisitAt ?? null, nextDeliveryAt ?? null, emergencyPlan ?? null, signedIn.user.id],
              ]);
              if (!row) throw new Error('the therapy was not inserted');
              const detail = { patient, reference, drug, status };
              await writeAudit(query, actorOf(signedIn), 'therapy.create', row.id, detail);
              return { subject: row.id, result: await readTherapy(query, row.id) };
            },
            readTherapy,
          );
          return await reply.code(201).send(made);
        } catch (error) {
          if (isTaken(error)) throw problem(409, `the reference ${reference} is taken`);
          throw error;
        }
      },
    );

    app.get(
      '/therapies/:id',
      {
        config: { access: 'patient.read' },
        schema: {
          tags: ['therapies'],
          summary: 'One therapy with its emergency plan; audited',
          params: idParams,
          response: { 200: therapyDetail },
        },
      },
      (request) =>
        auditedRead(db, request, 'therapy.read', async (query) => {
          const { id } = request.params;
          return { subject: id, result: await readTherapy(query, id) };
        }),
    );

    app.patch(
      '/therapies/:id',
      {
        config: { access: 'therapy.write' },
        schema: {
          tags: ['therapies'],
          summary: 'Activate, put on hold (until), end; plan the next visit and delivery',
          params: idParams,
          body: therapyChange,
          response: { 200: therapyDetail },
        },
      },
      (request) =>
        db.transaction(async (query) => {
          const { id } = request.params;
          const { reason, ...change } = request.body;
          const [before] = await query<{ status: string; reference: string }>('therapy_lock', [id]);
          if (!before) throw notFound(`therapy ${id}`);
          if (before.status === 'ended' && change.status !== undefined && change.status !== 'ended') {
            throw problem(409, `the therapy ${before.reference} is ended and stays so; begin a new one`);
          }
          checkHold(change.status ?? before.status, change.holdUntil ?? null, now());
          // A hold's end goes with the hold.
          const columns = change.status === undefined ? change : { ...change, holdUntil: change.holdUntil ?? null };
          await query('therapy_update', [id, columnsOf(columns)]);
          const detail = { fields: fieldsOf(change), status: change.status, holdUntil: change.holdUntil, reason };
          await writeAudit(query, actorOf(personOf(request)), 'therapy.change', id, detail);
          return readTherapy(query, id);
        }),
    );
  };
}

/** @throws 422 where a hold's end makes no sense */
function checkHold(status: string, holdUntil: string | null, now: number): void {
  if (holdUntil === null) return;
  const refuse = (message: string) =>
    problem(422, `holdUntil: ${message}`, { errors: [{ path: 'holdUntil', message }] });
  if (status !== 'on-hold') throw refuse('only a therapy that is on hold has an end of the hold');
  if (Date.parse(holdUntil) <= now) throw refuse('a time to come');
}
