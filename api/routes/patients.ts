import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { contactSheetQuery, patientsQuery } from '#schemas/http/care-queries.ts';
import {
  type ContactSheet,
  contactSheet,
  initialsOf,
  type Patient,
  patient,
  patientChange,
  patientRequest,
} from '#schemas/http/patients.ts';
import { idParams } from '#schemas/http/queries.ts';
import { page } from '#schemas/http/shapes.ts';
import { actorOf, writeAudit } from '../audit/write.ts';
import { auditedRead } from '../care/audited-read.ts';
import { columnsOf, fieldsOf } from '../care/columns.ts';
import { isTaken, type Query } from '../database.ts';
import type { ApiDeps } from '../deps.ts';
import { personOf } from '../guard.ts';
import { once } from '../idempotency.ts';
import { decodeCursor, toPage } from '../page-cursor.ts';
import { notFound, problem } from '../problem.ts';

const sort = 'patients';
/** Fewer digits are in too many phone numbers. */
const fewestDigits = 4;

/** `GET/POST /patients`, `PATCH /patients/{id}`, `GET /patients/{id}/contact-sheet`. */
export function patientRoutes({ db }: ApiDeps): FastifyPluginAsyncZod {
  async function readPatient(query: Query, id: string): Promise<Patient> {
    const [row] = await query<Patient>('patient_one', [id]);
    if (!row) throw notFound(`patient ${id}`);
    return row;
  }

  return async (app) => {
    app.get(
      '/patients',
      {
        config: { access: 'patient.read' },
        schema: {
          tags: ['patients'],
          summary: 'Patients by reference and initials; a search finds names and phone numbers, and is audited',
          querystring: patientsQuery,
          response: { 200: page(patient) },
        },
      },
      (request) =>
        auditedRead(db, request, 'patient.search', async (query) => {
          const { limit, cursor, q } = request.query;
          const at = decodeCursor(cursor, { sort, key: 'time', id: 'uuid' });
          const digits = q?.replace(/\D/g, '') ?? '';
          const rows = await query<Patient & { key: string }>('patients_list', [
            q?.replace(/[\\%_]/g, '\\$&') ?? null,
            digits.length >= fewestDigits ? digits : null,
            ...[at.key, at.id, limit + 1],
          ]);
          const result = toPage(
            rows,
            limit,
            (row) => ({ sort, key: row.key, id: row.id }),
            (row) => row,
          );
          return { subject: q === undefined ? null : 'patients', detail: { found: result.items.length }, result };
        }),
    );

    app.post(
      '/patients',
      {
        config: { access: 'patient.write' },
        schema: { tags: ['patients'], summary: 'Add a patient', body: patientRequest, response: { 201: patient } },
      },
      async (request, reply) => {
        const { reference, initials, ...details } = request.body;
        try {
          const made = await once(
            db,
            request,
            async (query) => {
              const mark = [reference, initials ?? initialsOf(details.name), details.name];
              const [row] = await query<{ id: string }>('patient_insert', mark);
              if (!row) throw new Error('the patient was not inserted');
              await query('patient_update', [row.id, columnsOf(details)]);
              await writeAudit(query, actorOf(personOf(request)), 'patient.create', row.id, { reference });
              return { subject: row.id, result: await readPatient(query, row.id) };
            },
            readPatient,
          );
          return await reply.code(201).send(made);
        } catch (error) {
          if (isTaken(error)) throw problem(409, `the reference ${reference} is taken`);
          throw error;
        }
      },
    );

    app.patch(
      '/patients/:id',
      {
        config: { access: 'patient.write' },
        schema: {
          tags: ['patients'],
          summary: 'Change what is known of a patient; orders keep the weight that they were made with',
          params: idParams,
          body: patientChange,
          response: { 200: patient },
        },
      },
      (request) =>
        db.transaction(async (query) => {
          const { id } = request.params;
          await readPatient(query, id);
          await query('patient_update', [id, columnsOf(request.body)]);
          const fields = fieldsOf(request.body);
          await writeAudit(query, actorOf(personOf(request)), 'patient.change', id, { fields });
          return readPatient(query, id);
        }),
    );

    app.get(
      '/patients/:id/contact-sheet',
      {
        config: { access: 'patient.contact' },
        schema: {
          tags: ['patients'],
          summary: 'Everything that helps at two in the morning; every opening is audited',
          params: idParams,
          querystring: contactSheetQuery,
          response: { 200: contactSheet },
        },
      },
      (request) =>
        auditedRead(db, request, 'patient.contact-sheet', async (query) => {
          const { id } = request.params;
          const [result] = await query<ContactSheet>('patient_sheet', [id]);
          if (!result) throw notFound(`patient ${id}`);
          const { alert } = request.query;
          return { subject: id, detail: alert === undefined ? {} : { alert }, result };
        }),
    );
  };
}
