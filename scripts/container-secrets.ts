// Runs once before everything else under docker compose: makes the secrets that are missing and leaves those that exist.
//   /secrets/secrets.json, /secrets/database-url   for the services
//   /database-secret/password                      for the database container, whose server runs as another user
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureServiceTokens, writeWhole } from './supervisor/secrets.ts';

const [secretsDir = '/secrets', databaseSecretDir = '/database-secret'] = process.argv.slice(2);

ensureServiceTokens(secretsDir);
const passwordFile = join(databaseSecretDir, 'password');
if (!existsSync(passwordFile)) {
  writeFileSync(passwordFile, randomBytes(24).toString('hex'), { mode: 0o444 });
}
const password = readFileSync(passwordFile, 'utf8').trim();
writeWhole(join(secretsDir, 'database-url'), `postgresql://dripwatch:${password}@db:5432/dripwatch\n`);
