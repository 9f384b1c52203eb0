import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { checkedVersion, exportQuery, versionParams } from '#schemas/http/libraries.ts';
import { idParams } from '#schemas/http/queries.ts';
import { readLibrary } from '#schemas/library/check-library.ts';
import { csvWords } from '#schemas/library/csv.ts';
import type { LibraryContent } from '#schemas/library/library.ts';
import { printLibraryCsv, readLibraryCsv } from '#schemas/library/library-csv.ts';
import type { ApiDeps } from '../deps.ts';
import {
  authorOf,
  insertLibrary,
  insertVersion,
  mostLibraryBytes,
  readVersion,
  refusedLibrary,
} from '../library/versions.ts';
import { problem } from '../problem.ts';

const [csv, json] = ['text/csv', 'application/json'];
const tags = ['drug libraries'];

/** Libraries from and to files: `POST /drug-libraries/import`, `…/{id}/import`, `GET …/versions/{v}/export`. */
export function libraryFileRoutes({ db }: ApiDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.addContentTypeParser(csv, { parseAs: 'string' }, (_request, body, done) => done(null, body));

    app.post(
      '/drug-libraries/import',
      {
        config: { access: 'library.write' },
        bodyLimit: mostLibraryBytes,
        schema: {
          tags,
          summary: 'A new library from a JSON or CSV file; its version 1 is a draft, kept with its problems',
          consumes: [json, csv],
          body: z.unknown(),
          response: { 201: checkedVersion },
        },
      },
      async (request, reply) => {
        const content = readFile(request.headers['content-type'], request.body);
        const made = await db.transaction(async (query) => {
          const id = await insertLibrary(query, content.name, content, authorOf(request));
          return readVersion(query, id, 1);
        });
        return reply.code(201).send(made);
      },
    );

    app.post(
      '/drug-libraries/:id/import',
      {
        config: { access: 'library.write' },
        bodyLimit: mostLibraryBytes,
        schema: {
          tags,
          summary: 'The next version of a library from a JSON or CSV file: a draft, kept with its problems',
          consumes: [json, csv],
          params: idParams,
          body: z.unknown(),
          response: { 201: checkedVersion },
        },
      },
      async (request, reply) => {
        const content = readFile(request.headers['content-type'], request.body);
        const { id } = request.params;
        const made = await db.transaction(async (query) =>
          readVersion(query, id, await insertVersion(query, id, content, null, authorOf(request))),
        );
        return reply.code(201).send(made);
      },
    );

    app.get(
      '/drug-libraries/:id/versions/:v/export',
      {
        config: { access: 'read' },
        schema: {
          tags,
          summary: 'A version as a file: JSON as in /drug-libraries/schema.json, or CSV with one line per property',
          description: csvWords,
          produces: [json, csv],
          params: versionParams,
          querystring: exportQuery,
        },
      },
      async (request, reply) => {
        const { id, v } = request.params;
        const { format } = request.query;
        const { content } = await readVersion(db.query, id, v);
        const name = content.name.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '') || 'library';
        reply.header('content-disposition', `attachment; filename="${name}-${v}.${format}"`);
        if (format === 'csv') return reply.type(`${csv}; charset=utf-8`).send(printLibraryCsv(content));
        return reply.type(`${json}; charset=utf-8`).send(JSON.stringify(content, null, 1));
      },
    );
  };
}

/** @throws 415 for another kind of file, 422 with every place that can't be read */
function readFile(type: string | undefined, body: unknown): LibraryContent {
  const kind = type?.split(';', 1)[0]?.trim().toLowerCase();
  if (kind !== json && !(kind === csv && typeof body === 'string')) throw problem(415, `send ${json}, or ${csv}`);
  const read = typeof body === 'string' && kind === csv ? readLibraryCsv(body) : readLibrary(body);
  if (!read.ok) throw refusedLibrary(read.problems);
  return read.library;
}
