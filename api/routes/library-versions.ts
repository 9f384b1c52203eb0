import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import {
  checkedVersion,
  diffQuery,
  draftRequest,
  type LibraryStep,
  libraryDiff,
  librarySteps,
  libraryVersionDetail,
  stepRequest,
  versionParams,
} from '#schemas/http/libraries.ts';
import { libraryReplay, replayRequest } from '#schemas/http/library-replay.ts';
import { readLibrary } from '#schemas/library/check-library.ts';
import { diffLibraries } from '#schemas/library/diff.ts';
import type { ApiDeps } from '../deps.ts';
import { replayLibrary } from '../library/replay.ts';
import { authorOf, editVersion, mostLibraryBytes, readVersion, refusedLibrary, takeStep } from '../library/versions.ts';
import { problem } from '../problem.ts';

const tags = ['drug libraries'];
const params = versionParams;

const summaries: Record<LibraryStep, string> = {
  submit: 'A draft without problems goes to review',
  approve: 'Somebody who did not write in it finds it right',
  'send-back': 'Back to the authors, with a reason',
  publish: 'An approved version may go to pumps; it never changes again',
  'publish-urgently': 'One person publishes alone, with a reason; another one has to confirm it within 24 h',
  confirm: 'Another person confirms an urgent publication',
  retire: 'A published version is not to be used any more; it stays readable',
};

/** `/drug-libraries/{id}/versions/{v}`: content, the steps of its life, diff and replay. */
export function libraryVersionRoutes({ db, now }: ApiDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/drug-libraries/:id/versions/:v',
      {
        config: { access: 'read' },
        schema: {
          tags,
          summary: 'A version with its content and what the check finds in it',
          params,
          response: { 200: libraryVersionDetail },
        },
      },
      (request) => readVersion(db.query, request.params.id, request.params.v),
    );

    app.put(
      '/drug-libraries/:id/versions/:v',
      {
        config: { access: 'library.write' },
        bodyLimit: mostLibraryBytes,
        schema: {
          tags,
          summary: 'The content of a draft; it is kept with problems, which stand in the answer',
          params,
          body: draftRequest,
          response: { 200: checkedVersion },
        },
      },
      async (request) => {
        const { id, v } = request.params;
        const { revision, content } = request.body;
        const read = readLibrary(content);
        if (!read.ok) throw refusedLibrary(read.problems);
        return db.transaction(async (query) => {
          await editVersion(query, { id, v }, { revision, content: read.library }, authorOf(request), now());
          return readVersion(query, id, v);
        });
      },
    );

    for (const step of librarySteps) {
      app.post(
        `/drug-libraries/:id/versions/:v/${step}`,
        {
          config: { access: 'library.write' },
          schema: {
            tags,
            summary: summaries[step],
            params,
            body: stepRequest,
            response: { 200: checkedVersion },
          },
        },
        (request) =>
          db.transaction(async (query) => {
            const { id, v } = request.params;
            const { reason = '', revision = null } = request.body ?? {};
            await takeStep(query, { id, v }, { step, reason, revision }, authorOf(request), now());
            return readVersion(query, id, v);
          }),
      );
    }

    app.get(
      '/drug-libraries/:id/versions/:v/diff',
      {
        config: { access: 'read' },
        schema: {
          tags,
          summary: 'What this version changes against another one, in words',
          params,
          querystring: diffQuery,
          response: { 200: libraryDiff },
        },
      },
      async (request) => {
        const { id, v } = request.params;
        const { against } = request.query;
        const from = await readVersion(db.query, id, against);
        const to = await readVersion(db.query, id, v);
        return { from: against, to: v, changes: diffLibraries(from.content, to.content) };
      },
    );

    app.post(
      '/drug-libraries/:id/versions/:v/replay',
      {
        config: { access: 'library.write' },
        schema: {
          tags,
          summary: 'What its limits would have fired in a period, beside what pumps did fire; changes nothing',
          params,
          body: replayRequest,
          response: { 200: libraryReplay },
        },
      },
      async (request) => {
        const { id, v } = request.params;
        const { from, to } = request.body;
        if (Date.parse(from) >= Date.parse(to)) throw problem(400, 'from: before `to`');
        const { content } = await readVersion(db.query, id, v);
        return { from, to, ...(await replayLibrary(db.query, content, { from, to })) };
      },
    );
  };
}
