// npm run canary: makes the watchdog's pump in the database of DATABASE_URL and its token in a secrets file, where they are
// missing. npm start and compose do it by themselves.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadEnvFile } from 'node:process';
import * as z from 'zod';
import { databaseUrlSetting, parseConfig } from '#schemas/config.ts';
import { canaryPumpId } from '#schemas/topics.ts';
import { ensureCanary } from './supervisor/canary.ts';

if (existsSync('.env')) loadEnvFile('.env');
try {
  const config = parseConfig(
    z.object({
      DATABASE_URL: databaseUrlSetting,
      DATA_DIR: z.string().default('.data'),
      SERVICE_TOKENS_FILE: z.string().optional(),
    }),
    process.env,
  );
  const file = config.SERVICE_TOKENS_FILE ?? join(config.DATA_DIR, 'secrets.json');
  await ensureCanary(config.DATABASE_URL, file);
  console.log(`${canaryPumpId} is in the database, its token in ${file}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
