import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { type User, user, userChange, userRequest } from '#schemas/http/administration.ts';
import { idParams, usersQuery } from '#schemas/http/queries.ts';
import { page } from '#schemas/http/shapes.ts';
import { actorOf, writeAudit } from '../audit/write.ts';
import { isTaken, type Query } from '../database.ts';
import type { ApiDeps } from '../deps.ts';
import { personOf } from '../guard.ts';
import { once } from '../idempotency.ts';
import { decodeCursor, toPage } from '../page-cursor.ts';
import { notFound, problem } from '../problem.ts';

const sort = 'users';

/** `GET/POST /users`, `PATCH /users/{id}`. */
export function userRoutes({ db, passwords, sessions }: ApiDeps): FastifyPluginAsyncZod {
  async function readUser(query: Query, id: string): Promise<User> {
    const [row] = await query<User>('user_one', [id]);
    if (!row) throw notFound(`user ${id}`);
    return row;
  }

  return async (app) => {
    app.get(
      '/users',
      {
        config: { access: 'users.read' },
        schema: { tags: ['users'], summary: 'Everybody', querystring: usersQuery, response: { 200: page(user) } },
      },
      async ({ query: { limit, cursor, role } }) => {
        const { key, id } = decodeCursor(cursor, { sort, key: 'time', id: 'uuid' });
        const rows = await db.query<User & { key: string }>('users_list', [role ?? null, key, id, limit + 1]);
        return toPage(
          rows,
          limit,
          (row) => ({ sort, key: row.key, id: row.id }),
          (row) => row,
        );
      },
    );

    app.post(
      '/users',
      {
        config: { access: 'users.write' },
        schema: { tags: ['users'], summary: 'Add somebody', body: userRequest, response: { 201: user } },
      },
      async (request, reply) => {
        const { email, name, role, password } = request.body;
        const passwordHash = await passwords.hash(password);
        try {
          const made = await once(
            db,
            request,
            async (query) => {
              const [row] = await query<{ id: string }>('user_insert', [email, name, role, passwordHash]);
              if (!row) throw new Error('the user was not inserted');
              await writeAudit(query, actorOf(personOf(request)), 'user.create', row.id, { email, name, role });
              return { subject: row.id, result: await readUser(query, row.id) };
            },
            readUser,
          );
          return await reply.code(201).send(made);
        } catch (error) {
          if (isTaken(error)) throw problem(409, `${email} is taken`);
          throw error;
        }
      },
    );

    app.patch(
      '/users/:id',
      {
        config: { access: 'users.write' },
        schema: {
          tags: ['users'],
          summary: 'Change or disable somebody; a new role, password or disabling ends their sessions',
          params: idParams,
          body: userChange,
          response: { 200: user },
        },
      },
      async (request) => {
        const { id } = request.params;
        const { name, role, lead, password, disabled } = request.body;
        const passwordHash = password === undefined ? null : await passwords.hash(password);
        const { changed, ended } = await db.transaction(async (query) => {
          await keepAnAdministrator(query, id, role !== undefined && role !== 'admin', disabled === true);
          const [before] = await query<{ role: string }>('user_lock', [id]);
          if (!before) throw notFound(`user ${id}`);
          await query('user_update', [id, name ?? null, role ?? null, passwordHash, disabled ?? null, lead ?? null]);
          const ends = disabled === true || passwordHash !== null || (role !== undefined && role !== before.role);
          const sessionsEnded = ends ? await query<{ hash: string }>('sessions_end_of_user', [id]) : [];
          const detail = { name, role, lead, disabled, password: passwordHash === null ? undefined : 'changed' };
          await writeAudit(query, actorOf(personOf(request)), 'user.change', id, detail);
          return { changed: await readUser(query, id), ended: sessionsEnded };
        });
        sessions.forget(ended.map(({ hash }) => hash));
        return changed;
      },
    );
  };
}

/** Without an administrator nobody could ever make one again. The lock lets two such changes run one by one. */
async function keepAnAdministrator(query: Query, id: string, losesRole: boolean, disables: boolean): Promise<void> {
  if (!losesRole && !disables) return;
  const admins = await query<{ id: string }>('admins_lock');
  if (admins.length === 1 && admins[0]?.id === id) throw problem(409, 'this is the last administrator');
}
