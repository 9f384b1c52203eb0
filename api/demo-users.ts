import type { Role } from '#schemas/http/shapes.ts';
import type { Database } from './database.ts';
import type { Passwords } from './sessions/password.ts';

const demoUsers: readonly { email: string; name: string; role: Role }[] = [
  { email: 'clinician@demo.dripwatch', name: 'S. Lindqvist', role: 'clinician' },
  { email: 'clinician2@demo.dripwatch', name: 'M. Okafor', role: 'clinician' },
  { email: 'pharmacist@demo.dripwatch', name: 'A. Moreau', role: 'pharmacist' },
  { email: 'pharmacist2@demo.dripwatch', name: 'T. Nakamura', role: 'pharmacist' },
  { email: 'technician@demo.dripwatch', name: 'J. Weber', role: 'technician' },
  { email: 'admin@demo.dripwatch', name: 'R. Haddad', role: 'admin' },
  { email: 'auditor@demo.dripwatch', name: 'E. Kowalska', role: 'auditor' },
];

/** Makes the demo's people, all with one password, or gives them that password again. Never called outside the demo. */
export async function makeDemoUsers(db: Database, passwords: Passwords, password: string): Promise<void> {
  const hashes = await Promise.all(demoUsers.map(() => passwords.hash(password)));
  await db.transaction(async (query) => {
    for (const [index, { email, name, role }] of demoUsers.entries()) {
      await query('demo_user_upsert', [email, name, role, hashes[index]]);
    }
  });
}
