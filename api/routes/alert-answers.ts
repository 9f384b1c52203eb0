import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import * as z from 'zod';
import {
  alertDetail,
  closeRequest,
  declineRequest,
  extendRequest,
  feedbackRequest,
  handOverRequest,
  noteRequest,
} from '#schemas/http/alert.ts';
import { may } from '#schemas/http/permissions.ts';
import { idParams } from '#schemas/http/queries.ts';
import type { Role } from '#schemas/http/shapes.ts';
import { type Answer, answerAlert, readAlert } from '../alert-answers.ts';
import type { ApiDeps } from '../deps.ts';
import { personOf } from '../guard.ts';
import { problem } from '../problem.ts';

/** No body, or an object without anything. */
const nothing = z.union([z.strictObject({}), z.null()]).optional();

/** `POST /alerts/{id}/{accept|undo|decline|hand-over|extend|close|note|feedback|seen}`; each answers with the alert as it is then. */
export function alertAnswerRoutes({ db, live, now }: ApiDeps): FastifyPluginAsyncZod {
  const deps = { db, feedChanged: live.feedHint };

  async function answered(request: FastifyRequest, id: string, answer: (by: string) => Answer) {
    const signedIn = personOf(request);
    await answerAlert(deps, signedIn, id, answer(signedIn.user.id));
    return readAlert(db.query, id, now());
  }

  async function receiver(to: string | undefined): Promise<{ id: string; name: string } | null> {
    if (to === undefined) return null;
    type UserRow = { id: string; name: string; role: Role; disabled?: boolean };
    const found = z.guid().safeParse(to).success
      ? await db.query<UserRow>('user_by_id', [to])
      : await db.query<UserRow>('user_by_email', [to.toLowerCase()]);
    const user = found[0];
    if (!user || user.disabled || !may(user.role, 'alert.answer')) {
      throw problem(400, 'to: nobody of that id or e-mail who answers alerts');
    }
    return { id: user.id, name: user.name };
  }

  return async (app) => {
    const access = { access: 'alert.respond' } as const;
    const schema = { tags: ['alerts'], params: idParams, response: { 200: alertDetail } };

    app.post(
      '/alerts/:id/accept',
      { config: access, schema: { ...schema, summary: '"I have it"; 409 names who has it already', body: nothing } },
      (request) =>
        answered(request, request.params.id, (by) => ({
          action: 'accept',
          input: { kind: 'accept', by },
        })),
    );
    app.post(
      '/alerts/:id/undo',
      { config: access, schema: { ...schema, summary: 'Take an acceptance back, within 5 s', body: nothing } },
      (request) =>
        answered(request, request.params.id, (by) => ({ action: 'undo', input: { kind: 'undo-accept', by } })),
    );
    app.post(
      '/alerts/:id/decline',
      {
        config: access,
        schema: { ...schema, summary: 'Pass on: the next step is asked at once', body: declineRequest.nullish() },
      },
      (request) =>
        answered(request, request.params.id, (by) => ({
          action: 'decline',
          input: { kind: 'decline', by },
          note: request.body?.reason,
        })),
    );
    app.post(
      '/alerts/:id/hand-over',
      {
        config: access,
        schema: {
          ...schema,
          summary: 'Give away what one has: to a person (id or e-mail), who must accept it, or to the next step',
          body: handOverRequest.nullish(),
        },
      },
      async (request) => {
        const to = await receiver(request.body?.to);
        return answered(request, request.params.id, (by) => ({
          action: 'hand-over',
          input: { kind: 'hand-over', by, to: to?.id ?? null },
          note: request.body?.reason,
          offeredTo: to,
        }));
      },
    );
    app.post(
      '/alerts/:id/extend',
      {
        config: access,
        schema: {
          ...schema,
          summary: 'It takes longer: the acceptance lasts anew, with a reason',
          body: extendRequest,
        },
      },
      (request) =>
        answered(request, request.params.id, (by) => ({
          action: 'extend',
          input: { kind: 'extend', by },
          note: request.body.reason,
        })),
    );
    app.post(
      '/alerts/:id/close',
      {
        config: access,
        schema: {
          ...schema,
          summary: 'Done, with an outcome; asked again should its condition go on',
          body: closeRequest,
        },
      },
      (request) =>
        answered(request, request.params.id, (by) => ({
          action: 'close',
          input: { kind: 'close', by },
          note: request.body.outcome,
          needed: request.body.needed,
          outcome: request.body.outcome,
        })),
    );
    app.post(
      '/alerts/:id/note',
      { config: access, schema: { ...schema, summary: 'Write something down', body: noteRequest } },
      (request) =>
        answered(request, request.params.id, () => ({ action: 'note', input: null, note: request.body.text })),
    );
    app.post(
      '/alerts/:id/feedback',
      { config: access, schema: { ...schema, summary: 'Did this need somebody?', body: feedbackRequest } },
      (request) =>
        answered(request, request.params.id, () => ({
          action: 'feedback',
          input: null,
          note: request.body.outcome,
          needed: request.body.needed,
        })),
    );
    app.post(
      '/alerts/:id/seen',
      { config: access, schema: { ...schema, summary: 'A person saw it, by a gesture', body: nothing } },
      (request) => answered(request, request.params.id, (by) => ({ action: 'seen', input: { kind: 'seen', by } })),
    );
  };
}
