// npm run user -- create --email E --role R [--name N] [--password-file F]: makes somebody who can sign in, the first
// administrator for instance. The password comes from the file, from standard input, or is asked for; never from the
// command line, where every process of the machine could read it.
import { existsSync, readFileSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import * as z from 'zod';
import { databaseUrlSetting, parseConfig } from '#schemas/config.ts';
import { userRequest } from '#schemas/http/administration.ts';
import { writeAudit } from '../api/audit/write.ts';
import { createDatabase, isTaken } from '../api/database.ts';
import { createPasswords } from '../api/sessions/password.ts';
import { askPassword } from './ask-password.ts';

const usage = `usage: npm run user -- create --email EMAIL --role ROLE [--name NAME] [--password-file FILE]

ROLE: clinician, pharmacist, technician, admin, auditor or display
Without --password-file the password is read from standard input, or asked for on a terminal.
DATABASE_URL names the database.`;

async function readPassword(file: string | undefined): Promise<string> {
  if (file !== undefined) return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  if (process.stdin.isTTY) return askPassword('Password (at least 12 characters): ');
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}

async function create(flags: { email?: string; role?: string; name?: string; file?: string }): Promise<string> {
  const { DATABASE_URL } = parseConfig(z.object({ DATABASE_URL: databaseUrlSetting }), process.env);
  const password = await readPassword(flags.file);
  const asked = userRequest.safeParse({ ...flags, name: flags.name ?? flags.email?.split('@', 1)[0], password });
  if (!asked.success) throw new Error(z.prettifyError(asked.error));
  const { email, name, role } = asked.data;
  const hash = await createPasswords().hash(asked.data.password);
  const db = createDatabase(
    { url: DATABASE_URL, connections: 1, statementTimeoutMs: 10_000, connectTimeoutMs: 5_000, name: 'dripwatch-user' },
    pino({ level: 'silent' }),
  );
  try {
    await db.transaction(async (query) => {
      const [made] = await query<{ id: string }>('user_insert', [email, name, role, hash]);
      const actor = { id: null, name: 'command line' };
      await writeAudit(query, actor, 'user.create', made?.id ?? email, { email, name, role });
    });
  } catch (error) {
    if (isTaken(error)) throw new Error(`${email} is there already`);
    throw error;
  } finally {
    await db.close();
  }
  return `${email} can sign in as ${role}`;
}

if (existsSync('.env')) loadEnvFile('.env');
try {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      email: { type: 'string' },
      role: { type: 'string' },
      name: { type: 'string' },
      'password-file': { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) {
    console.log(usage);
  } else if (positionals.length !== 1 || positionals[0] !== 'create') {
    console.error(usage);
    process.exitCode = 2;
  } else {
    const { 'password-file': file, help: _, ...rest } = values;
    console.log(await create({ ...rest, ...(file !== undefined && { file }) }));
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
