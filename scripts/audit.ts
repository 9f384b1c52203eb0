// npm run audit-log -- verify: follows the hash chain of the audit log from its first entry. Exit code 1 where an entry
// was changed, removed or put in between, or where entries older than a minute are not sealed.
import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { pino } from 'pino';
import * as z from 'zod';
import { databaseUrlSetting, parseConfig } from '#schemas/config.ts';
import { verifyChain } from '../api/audit/verify.ts';
import { createDatabase } from '../api/database.ts';

const usage = 'usage: npm run audit-log -- verify [--json]';

if (existsSync('.env')) loadEnvFile('.env');
const [command, ...flags] = process.argv.slice(2);
if (command !== 'verify') {
  console.error(usage);
  process.exitCode = command === '--help' ? 0 : 2;
} else {
  try {
    process.exitCode = await verify(flags.includes('--json'));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}

async function verify(asJson: boolean): Promise<0 | 1> {
  const { DATABASE_URL: url } = parseConfig(z.object({ DATABASE_URL: databaseUrlSetting }), process.env);
  const db = createDatabase(
    { url, connections: 1, statementTimeoutMs: 120_000, connectTimeoutMs: 5_000, name: 'dripwatch-audit' },
    pino({ level: 'silent' }),
  );
  try {
    const check = await verifyChain(db.query);
    if (asJson) console.log(JSON.stringify(check));
    else if (!check.ok) console.error(`broken at seal ${check.sealNo}, entry ${check.auditId}: ${check.reason}`);
    else console.log(`${check.sealed} entries in one chain, ${check.unsealed} overdue; newest hash ${check.head}`);
    return check.ok && check.unsealed === 0 ? 0 : 1;
  } finally {
    await db.close();
  }
}
