import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

const hash = z.base64().refine((text) => Buffer.from(text, 'base64').length === 32, 'a SHA-256 hash');
const mirror = z.object({
  v: z.literal(1),
  pumps: z.record(z.string(), z.array(z.object({ id: z.string(), hash, createdUs: z.int(), used: z.boolean() }))),
  /** Credentials whose first connection the database has not been told of. */
  firstUses: z.array(z.object({ id: z.string(), pump: z.string() })),
});

/** What a broker must know to admit pumps while the database is away: hashes only, no token. */
export type Mirror = z.infer<typeof mirror>;

const fileName = 'credentials.json';

/** Null when there is none. @throws Error when there is one that cannot be read or has another shape */
export async function readMirror(dataDir: string): Promise<Mirror | null> {
  let text: string;
  try {
    text = await readFile(join(dataDir, fileName), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  return mirror.parse(JSON.parse(text));
}

/** Replaces the file as a whole: a reader sees the old one or the new one, also after a crash. */
export async function writeMirror(dataDir: string, content: Mirror): Promise<void> {
  const path = join(dataDir, fileName);
  const next = `${path}.${process.pid}.next`;
  const file = await open(next, 'w', 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(JSON.stringify(content));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(next, path);
}
