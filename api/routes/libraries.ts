import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import {
  checkedVersion,
  type DrugLibrary,
  drugLibrariesQuery,
  drugLibrary,
  type LibraryVersion,
  newLibraryRequest,
  newVersionRequest,
} from '#schemas/http/libraries.ts';
import { idParams } from '#schemas/http/queries.ts';
import { page } from '#schemas/http/shapes.ts';
import { librarySchema } from '#schemas/library/library.ts';
import type { ApiDeps } from '../deps.ts';
import { once } from '../idempotency.ts';
import { authorOf, insertLibrary, insertVersion, readLibraryOf, readVersion } from '../library/versions.ts';
import { decodeCursor, toPage } from '../page-cursor.ts';
import { problem } from '../problem.ts';

const sort = 'libraries';
type Row = Omit<DrugLibrary, 'versions'> & { key: string };

/** `GET/POST /drug-libraries`, `GET /drug-libraries/{id}`, `POST /drug-libraries/{id}/versions`, the file's JSON Schema. */
export function libraryRoutes({ db }: ApiDeps): FastifyPluginAsyncZod {
  const schema = librarySchema();
  return async (app) => {
    app.get(
      '/drug-libraries/schema.json',
      { config: { access: 'public' }, schema: { hide: true } },
      async (_request, reply) => reply.type('application/schema+json').send(JSON.stringify(schema)),
    );

    app.get(
      '/drug-libraries',
      {
        config: { access: 'read' },
        schema: {
          tags: ['drug libraries'],
          summary: 'Drug libraries, newest first, each with its versions',
          querystring: drugLibrariesQuery,
          response: { 200: page(drugLibrary) },
        },
      },
      async (request) => {
        const { limit, cursor } = request.query;
        const at = decodeCursor(cursor, { sort, key: 'time', id: 'uuid' });
        const rows = await db.query<Row>('libraries_list', [at.key, at.id, limit + 1]);
        const versions = await db.query<LibraryVersion>('library_versions', [rows.map(({ id }) => id)]);
        return toPage(
          rows,
          limit,
          (row) => ({ sort, key: row.key, id: row.id }),
          (row) => ({ ...row, versions: versions.filter(({ library }) => library.id === row.id) }),
        );
      },
    );

    app.post(
      '/drug-libraries',
      {
        config: { access: 'library.write' },
        schema: {
          tags: ['drug libraries'],
          summary: 'A new drug library; its version 1 is an empty draft',
          body: newLibraryRequest,
          response: { 201: drugLibrary },
        },
      },
      async (request, reply) => {
        const { name } = request.body;
        const made = await once(
          db,
          request,
          async (query) => {
            const id = await insertLibrary(query, name, { name, notice: null, careAreas: [] }, authorOf(request));
            return { subject: id, result: await readLibraryOf(query, id) };
          },
          readLibraryOf,
        );
        return reply.code(201).send(made);
      },
    );

    app.get(
      '/drug-libraries/:id',
      {
        config: { access: 'read' },
        schema: {
          tags: ['drug libraries'],
          summary: 'A drug library and its versions, newest first',
          params: idParams,
          response: { 200: drugLibrary },
        },
      },
      (request) => readLibraryOf(db.query, request.params.id),
    );

    app.post(
      '/drug-libraries/:id/versions',
      {
        config: { access: 'library.write' },
        schema: {
          tags: ['drug libraries'],
          summary: 'A new draft, a copy of the newest version or of another one',
          params: idParams,
          body: newVersionRequest,
          response: { 201: checkedVersion },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const made = await once(
          db,
          request,
          async (query) => {
            const newest = (await readLibraryOf(query, id)).versions[0]?.version;
            const from = request.body?.from ?? newest;
            if (from === undefined) throw problem(409, 'this library has no version to copy');
            const { content } = await readVersion(query, id, from);
            const version = await insertVersion(query, id, content, from, authorOf(request));
            return { subject: String(version), result: await readVersion(query, id, version) };
          },
          (query, version) => readVersion(query, id, Number(version)),
        );
        return reply.code(201).send(made);
      },
    );
  };
}
