import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type * as z from 'zod';
import {
  type OnCallPerson,
  onCallNow,
  policy,
  policyPage,
  policyParams,
  policyRequest,
  type Schedule,
  schedule,
  schedulePage,
  scheduleRequest,
  shifts,
  shiftsQuery,
  slugParams,
} from '#schemas/http/on-call.ts';
import { answeringRoles } from '#schemas/rules/permitted-answers.ts';
import { nowAndNext, shiftsBetween } from '#schemas/rules/schedule.ts';
import { actorOf, writeAudit } from '../audit/write.ts';
import type { Query } from '../database.ts';
import type { ApiDeps } from '../deps.ts';
import { type Book, readBook } from '../escalation/book.ts';
import { personOf } from '../guard.ts';
import { gapsOf, layerProblems, makeSureOfLayers, makeSureOfSteps, policyProblems } from '../on-call/check.ts';
import { notFound, problem } from '../problem.ts';

type Policy = z.infer<typeof policy>;
type ScheduleRow = Omit<Schedule, 'gaps' | 'problems'>;
const longestLookMs = 120 * 86_400_000;

/** `GET/PUT /on-call/schedules` and `/on-call/policies`, `GET /on-call/now`, `GET /on-call/schedules/{id}/shifts`. */
export function onCallRoutes({ db, now }: ApiDeps): FastifyPluginAsyncZod {
  const iso = (ms: number) => new Date(ms).toISOString();

  async function readSchedules(query: Query, id: string | null): Promise<Schedule[]> {
    const rows = await query<ScheduleRow>('schedules_list', [id]);
    const book = await readBook(query);
    return rows.map((row) => ({
      ...row,
      gaps: gapsOf({ layers: row.layers, overrides: overridesOf(book, row.id) }, now()).map(({ from, until }) => {
        return { from: iso(from), until: iso(until) };
      }),
      problems: layerProblems(row.layers, book),
    }));
  }

  async function readPolicies(query: Query, id: string | null): Promise<Policy[]> {
    const rows = await query<Omit<Policy, 'problems'>>('policies_list', [id]);
    const book = await readBook(query);
    return rows.map((row) => ({ ...row, problems: policyProblems(row.steps, row.audience, book, now()) }));
  }

  return async (app) => {
    app.get(
      '/on-call/schedules',
      {
        config: { access: 'read' },
        schema: { tags: ['on-call'], summary: 'Schedules, with their gaps', response: { 200: schedulePage } },
      },
      async () => ({ items: await readSchedules(db.query, null), next: null }),
    );

    app.put(
      '/on-call/schedules/:id',
      {
        config: { access: 'schedule.write' },
        schema: {
          tags: ['on-call'],
          summary: 'Make or change a schedule; 409 where somebody else changed it meanwhile',
          params: slugParams,
          body: scheduleRequest,
          response: { 200: schedule },
        },
      },
      async (request) => {
        const { id } = request.params;
        const { name, layers, version } = request.body;
        const signedIn = personOf(request);
        return db.transaction(async (query) => {
          makeSureOfLayers(layers, await readBook(query));
          const values = [id, name, JSON.stringify(layers), signedIn.user.id, version ?? null];
          const [row] = await query<{ version: number }>('schedule_put', values);
          if (!row) throw problem(409, `the schedule ${id} was changed meanwhile, or is not there: read it again`);
          await writeAudit(query, actorOf(signedIn), 'schedule.change', id, { name, layers, version: row.version });
          const [changed] = await readSchedules(query, id);
          if (!changed) throw notFound(`schedule ${id}`);
          return changed;
        });
      },
    );

    app.get(
      '/on-call/schedules/:id/shifts',
      {
        config: { access: 'read' },
        schema: {
          tags: ['on-call'],
          summary: 'Who has it, span by span; the next 28 days unless asked otherwise',
          params: slugParams,
          querystring: shiftsQuery,
          response: { 200: shifts },
        },
      },
      async ({ params, query: { from, until } }) => {
        const book = await readBook(db.query);
        const found = book.schedules.find(({ id }) => id === params.id);
        if (!found) throw notFound(`schedule ${params.id}`);
        const begins = from === undefined ? now() : Date.parse(from);
        const ends = until === undefined ? begins + 28 * 86_400_000 : Date.parse(until);
        if (ends <= begins) throw problem(400, 'until: has to be after from');
        if (ends - begins > longestLookMs) throw problem(400, 'until: at most 120 days after from');
        const items = shiftsBetween(found.rota, begins, ends).map(({ user, from: at, until: end, ...rest }) => ({
          ...rest,
          from: iso(at),
          until: iso(end),
          user: user === null ? null : { id: user, name: nameIn(book, user) },
        }));
        return { items, next: null };
      },
    );

    app.get(
      '/on-call/policies',
      {
        config: { access: 'read' },
        schema: { tags: ['on-call'], summary: 'Who is asked in which order', response: { 200: policyPage } },
      },
      async () => ({ items: await readPolicies(db.query, null), next: null }),
    );

    app.put(
      '/on-call/policies/:id',
      {
        config: { access: 'policy.write' },
        schema: {
          tags: ['on-call'],
          summary: 'Change a policy; alerts that are being asked about go on by it from their next step',
          params: policyParams,
          body: policyRequest,
          response: { 200: policy },
        },
      },
      async (request) => {
        const { id } = request.params;
        const { name, steps, version } = request.body;
        const signedIn = personOf(request);
        return db.transaction(async (query) => {
          makeSureOfSteps(steps, id === 'technical' ? 'technical-on-call' : 'clinical', await readBook(query));
          const values = [id, name, JSON.stringify(steps), signedIn.user.id, version ?? null];
          const [row] = await query<{ version: number }>('policy_put', values);
          if (!row) throw problem(409, `the policy ${id} was changed meanwhile: read it again`);
          await writeAudit(query, actorOf(signedIn), 'policy.change', id, { name, steps, version: row.version });
          const [changed] = await readPolicies(query, id);
          if (!changed) throw notFound(`policy ${id}`);
          return changed;
        });
      },
    );

    app.get(
      '/on-call/now',
      {
        config: { access: 'read' },
        schema: { tags: ['on-call'], summary: 'Who has it, until when, who is next', response: { 200: onCallNow } },
      },
      async () => {
        const at = now();
        const book = await readBook(db.query);
        const people = await db.query<OnCallPerson>('reachable');
        const [watching] = await db.query<z.infer<typeof onCallNow>['watching']>('watching_now');
        const byId = (id: string | null) => people.find((person) => person.id === id) ?? null;
        return {
          at: iso(at),
          schedules: book.schedules.map(({ id, name, rota }) => {
            const { now: has, next } = nowAndNext(rota, at);
            return {
              id,
              name,
              now: byId(has.user),
              since: has.user === null ? null : iso(has.from),
              until: next === null ? null : iso(has.until),
              next: byId(next?.user ?? null),
              layer: has.layer,
              override: has.override,
            };
          }),
          people: people.filter(({ role }) => answeringRoles['technical-on-call'].includes(role)),
          watching: watching ?? { people: 0, lastHumanAt: null },
        };
      },
    );
  };
}

const overridesOf = (book: Book, id: string) => book.schedules.find((one) => one.id === id)?.rota.overrides ?? [];
const nameIn = (book: Book, user: string) => book.people.get(user)?.name ?? 'somebody who left';
