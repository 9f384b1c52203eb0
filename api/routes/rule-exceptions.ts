import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { idParams } from '#schemas/http/queries.ts';
import {
  mostExceptionDays,
  type RuleExceptionItem,
  ruleExceptionItem,
  ruleExceptionRequest,
  ruleExceptionsQuery,
} from '#schemas/http/rule-exceptions.ts';
import { page } from '#schemas/http/shapes.ts';
import type { RuleException } from '#schemas/rules/rule-set.ts';
import { spellChanges } from '#schemas/rules/rule-set-diff.ts';
import { checkSettings, settingsFor } from '#schemas/rules/rule-settings.ts';
import { actorOf, writeAudit } from '../audit/write.ts';
import { auditedRead } from '../care/audited-read.ts';
import type { Query } from '../database.ts';
import type { ApiDeps } from '../deps.ts';
import { personOf } from '../guard.ts';
import { once } from '../idempotency.ts';
import { decodeCursor, toPage } from '../page-cursor.ts';
import { notFound, problem } from '../problem.ts';
import { readInForce, refusedSettings } from '../rules/rule-sets.ts';

const tags = ['rule sets'];
const sort = 'exceptions';
type Row = Omit<RuleExceptionItem, 'words'>;
const told = (row: Row): RuleExceptionItem => ({ ...row, words: spellChanges(row.changes) });

/** `GET/POST /rule-exceptions`, `GET /rule-exceptions/{id}`, `POST /rule-exceptions/{id}/end`. */
export function ruleExceptionRoutes({ db, now }: ApiDeps): FastifyPluginAsyncZod {
  async function readException(query: Query, id: string): Promise<RuleExceptionItem> {
    const [row] = await query<Row>('rule_exception_one', [id]);
    if (!row) throw notFound(`exception ${id}`);
    return told(row);
  }

  /** @throws 422 where it begins or ends when no exception may */
  function makeSureOfSpan(from: string, expiresAt: string): void {
    const refuse = (message: string) =>
      problem(422, `expiresAt: ${message}`, { errors: [{ path: 'expiresAt', message }] });
    const [begins, ends] = [Date.parse(from), Date.parse(expiresAt)];
    if (ends <= now()) throw refuse('it would have expired already; name a time to come');
    if (ends <= begins) throw refuse('after its beginning: an exception always expires');
    if (ends - begins > mostExceptionDays * 86_400_000) {
      throw refuse(`at most ${mostExceptionDays} days after its beginning: look at the patient again by then`);
    }
  }

  /** Together with the levels below it must make sense, in every care area that the patient is treated in. @throws 422 */
  async function makeSureOfSettings(query: Query, exception: RuleException): Promise<void> {
    if (spellChanges(exception.changes).length === 0) {
      throw refusedSettings([{ path: 'changes', what: 'nothing differs', expected: 'a setting that differs' }]);
    }
    const set = (await readInForce(query))?.content ?? null;
    const areas = await query<{ name: string }>('patient_care_areas', [exception.patient]);
    const at = Date.parse(exception.from);
    for (const area of [null, ...areas.map(({ name }) => name)]) {
      const problems = checkSettings('changes', settingsFor(set, area, [exception], at));
      if (problems.length > 0) throw refusedSettings(problems);
    }
  }

  return async (app) => {
    app.get(
      '/rule-exceptions',
      {
        config: { access: 'patient.read' },
        schema: {
          tags,
          summary: 'Exceptions of single patients, newest first; those of one patient are an audited read',
          querystring: ruleExceptionsQuery,
          response: { 200: page(ruleExceptionItem) },
        },
      },
      (request) =>
        auditedRead(db, request, 'rule-exception.list', async (query) => {
          const { limit, cursor, patient, state } = request.query;
          const at = decodeCursor(cursor, { sort, key: 'time', id: 'uuid' });
          const filter = [patient ?? null, state ?? null, at.key, at.id, limit + 1];
          const rows = await query<Row & { key: string }>('rule_exceptions_list', filter);
          const result = toPage(rows, limit, (row) => ({ sort, key: row.key, id: row.id }), told);
          return { subject: patient ?? null, result };
        }),
    );

    app.post(
      '/rule-exceptions',
      {
        config: { access: 'rules.write' },
        schema: {
          tags,
          summary: 'Other thresholds for one patient, with a reason and an end',
          body: ruleExceptionRequest,
          response: { 201: ruleExceptionItem },
        },
      },
      async (request, reply) => {
        const { patient, changes, reason, expiresAt } = request.body;
        const signedIn = personOf(request);
        const made = await once(
          db,
          request,
          async (query) => {
            const [known] = await query('patient_one', [patient]);
            if (!known) throw notFound(`patient ${patient}`);
            const from = request.body.from ?? new Date(now()).toISOString();
            makeSureOfSpan(from, expiresAt);
            await makeSureOfSettings(query, { patient, changes, author: signedIn.user.id, reason, from, expiresAt });
            const begins = request.body.from ?? null;
            const values = [patient, JSON.stringify(changes), reason, begins, expiresAt, signedIn.user.id];
            const [row] = await query<{ id: string }>('rule_exception_insert', values);
            if (!row) throw new Error('the exception was not inserted');
            const detail = { patient, words: spellChanges(changes), reason, from, expiresAt };
            await writeAudit(query, actorOf(signedIn), 'rule-exception.create', row.id, detail);
            return { subject: row.id, result: await readException(query, row.id) };
          },
          readException,
        );
        return reply.code(201).send(made);
      },
    );

    app.get(
      '/rule-exceptions/:id',
      {
        config: { access: 'patient.read' },
        schema: { tags, summary: 'One exception', params: idParams, response: { 200: ruleExceptionItem } },
      },
      (request) =>
        auditedRead(db, request, 'rule-exception.read', async (query) => {
          const result = await readException(query, request.params.id);
          return { subject: result.patient.id, detail: { exception: result.id }, result };
        }),
    );

    app.post(
      '/rule-exceptions/:id/end',
      {
        config: { access: 'rules.write' },
        schema: {
          tags,
          summary: 'End an exception before its time',
          params: idParams,
          response: { 200: ruleExceptionItem },
        },
      },
      (request) =>
        db.transaction(async (query) => {
          const { id } = request.params;
          const signedIn = personOf(request);
          await query('rule_exception_lock', [id]);
          const before = await readException(query, id);
          if (before.state === 'ended') throw problem(409, `this exception was ended at ${before.endedAt}`);
          if (before.state === 'expired') throw problem(409, `this exception expired at ${before.expiresAt}`);
          await query('rule_exception_end', [id, signedIn.user.id]);
          await writeAudit(query, actorOf(signedIn), 'rule-exception.end', id, { patient: before.patient.id });
          return readException(query, id);
        }),
    );
  };
}
