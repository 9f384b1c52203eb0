import { demoLibrary } from '#schemas/library/demo-library.ts';
import type { Database } from '../database.ts';
import { type Author, insertLibrary, takeStep } from './versions.ts';

const [author, approver] = ['pharmacist@demo.dripwatch', 'pharmacist2@demo.dripwatch'];

/**
 * Publishes the demo's library (NOT FOR CLINICAL USE) as its two pharmacists would, unless there is one of its name. Never
 * called outside the demo.
 */
export async function publishDemoLibrary(db: Database, now: () => number): Promise<void> {
  const content = demoLibrary();
  await db.transaction(async (query) => {
    const [there] = await query('library_named', [content.name]);
    if (there) return;
    const person = async (email: string): Promise<Author> => {
      const [found] = await query<Author>('user_by_email', [email]);
      if (!found) throw new Error(`${email} has to be made before the demo library`);
      return { id: found.id, name: found.name };
    };
    const [writes, approves] = [await person(author), await person(approver)];
    const id = await insertLibrary(query, content.name, content, writes);
    const steps = [
      ['submit', writes],
      ['approve', approves],
      ['publish', writes],
    ] as const;
    for (const [step, by] of steps) {
      await takeStep(query, { id, v: 1 }, { step, reason: '', revision: null }, by, now());
    }
  });
}
