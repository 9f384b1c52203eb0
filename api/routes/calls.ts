import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import {
  type Call,
  call,
  callChange,
  callDetail,
  callRequest,
  callsExportQuery,
  callsQuery,
  findRequest,
  followUpCount,
  foundPatients,
} from '#schemas/http/calls.ts';
import { may } from '#schemas/http/permissions.ts';
import { idParams } from '#schemas/http/queries.ts';
import { page } from '#schemas/http/shapes.ts';
import { csvWords, printCsv } from '#schemas/library/csv.ts';
import { csvColumns, csvLine, filterValues, logCall, readCall } from '../calls/calls.ts';
import { changeCall } from '../calls/change-call.ts';
import { findPatients } from '../calls/find-patients.ts';
import { auditedRead } from '../care/audited-read.ts';
import type { ApiDeps } from '../deps.ts';
import { personOf, roleOf } from '../guard.ts';
import { once } from '../idempotency.ts';
import { authorOf } from '../library/versions.ts';
import { decodeCursor, toPage } from '../page-cursor.ts';

const sort = 'calls';
const tags = ['calls'];
type Row = Call & { key: string };
/** Rows that an export reads at a time. */
const exportStep = 500;

/** `GET/POST /calls`, `PATCH /calls/{id}`, `POST /calls/find`, `GET /calls/{follow-ups|export}`. */
export function callRoutes({ db, live, now }: ApiDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/calls',
      {
        config: { access: 'call.read' },
        schema: {
          tags,
          summary: 'Telephone calls, newest first, without contact data; audited',
          querystring: callsQuery,
          response: { 200: page(call) },
        },
      },
      (request) =>
        auditedRead(db, request, 'call.list', async (query) => {
          const { limit, cursor, ...filter } = request.query;
          const at = decodeCursor(cursor, { sort, key: 'time', id: 'uuid' });
          const rows = await query<Row>('calls_list', [...filterValues(filter), at.key, at.id, limit + 1]);
          const result = toPage(
            rows,
            limit,
            (row) => ({ sort, key: row.key, id: row.id }),
            (row) => row,
          );
          return { subject: filter.patient ?? 'calls', detail: { shown: result.items.length }, result };
        }),
    );

    app.post(
      '/calls',
      {
        config: { access: 'call.write' },
        schema: {
          tags,
          summary: 'Log a call: caller, complaint, advice, outcome, follow-up, announced work; about an alert, perhaps',
          body: callRequest,
          response: { 201: callDetail },
        },
      },
      async (request, reply) => {
        const by = authorOf(request);
        const made = await once(
          db,
          request,
          async (query) => {
            const { id, alert } = await logCall(query, request.body, by, now());
            const result = await readCall(query, id);
            // Last but for the key: the feed's number is taken in the order of the commits.
            if (alert !== null) await query('feed_append', [[alert]]);
            return { subject: id, result };
          },
          readCall,
        );
        if (made.alert !== null) live.feedHint();
        if (made.announced !== null) live.pumpsChanged([made.announced.pump]);
        return reply.code(201).send(made);
      },
    );

    app.post(
      '/calls/find',
      {
        config: { access: 'call.write' },
        schema: {
          tags,
          summary: 'Whose call is it? Patients by telephone number or name: initials and reference alone; audited',
          body: findRequest,
          response: { 200: foundPatients },
        },
      },
      (request) =>
        auditedRead(db, request, 'patient.search', async (query) => {
          const result = await findPatients(query, request.body.text);
          const detail = { for: 'call', found: result.items.map(({ patient }) => patient.id) };
          return { subject: 'patients', detail, result };
        }),
    );

    app.get(
      '/calls/follow-ups',
      {
        config: { access: 'call.read' },
        schema: { tags, summary: 'How many follow-ups are open and overdue', response: { 200: followUpCount } },
      },
      async (request) => {
        type Counts = { mineOpen: number; mineOverdue: number; open: number; overdue: number };
        const [row] = await db.query<Counts>('follow_up_count', [personOf(request).user.id]);
        const { mineOpen = 0, mineOverdue = 0, open = 0, overdue = 0 } = row ?? {};
        return { mine: { open: mineOpen, overdue: mineOverdue }, everybody: { open, overdue } };
      },
    );

    app.get(
      '/calls/export',
      {
        config: { access: 'call.read' },
        schema: {
          ...{ tags, summary: 'Calls as CSV, with the filters of the list; audited', description: csvWords },
          querystring: callsExportQuery,
        },
      },
      async (request, reply) => {
        const lines = await auditedRead(db, request, 'call.export', async (query) => {
          const { format: _format, ...filter } = request.query;
          const result: string[][] = [];
          for (let at: [string | null, string | null] = [null, null]; ; ) {
            const rows = await query<Row>('calls_list', [...filterValues(filter), ...at, exportStep]);
            result.push(...rows.map(csvLine));
            const last = rows.at(-1);
            if (last === undefined || rows.length < exportStep) break;
            at = [last.key, last.id];
          }
          return { subject: 'calls', detail: { ...filter, lines: result.length }, result };
        });
        reply.header('content-disposition', 'attachment; filename="calls.csv"');
        return reply.type('text/csv; charset=utf-8').send(printCsv([csvColumns, ...lines]));
      },
    );

    app.get(
      '/calls/:id',
      {
        config: { access: 'call.read' },
        schema: {
          tags,
          summary: 'One call with the number to call back and who changed what; audited',
          params: idParams,
          response: { 200: callDetail },
        },
      },
      (request) =>
        auditedRead(db, request, 'call.read', async (query) => {
          const { id } = request.params;
          const result = await readCall(query, id);
          const mayCall = may(roleOf(request), 'patient.contact');
          return { subject: id, result: mayCall ? result : { ...result, callerName: null, callBackNumber: null } };
        }),
    );

    app.patch(
      '/calls/:id',
      {
        config: { access: 'call.write' },
        schema: {
          tags,
          summary: 'Add to a call, put it right, find its patient, do or move its follow-up; what stood there is kept',
          params: idParams,
          body: callChange,
          response: { 200: callDetail },
        },
      },
      (request) =>
        db.transaction(async (query) => {
          const { id } = request.params;
          await changeCall(query, id, request.body, authorOf(request), now());
          return readCall(query, id);
        }),
    );
  };
}
