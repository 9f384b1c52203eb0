// npm run migrate: brings the database named by DATABASE_URL to the version of this code.

import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { migrate } from './migrate.ts';

if (existsSync('.env')) loadEnvFile('.env');
const databaseUrl = process.env.DATABASE_URL;
if (databaseUrl === undefined || databaseUrl === '') {
  console.error('DATABASE_URL: not set; expected a URL such as postgres://user@host:5432/dripwatch');
  process.exitCode = 1;
} else {
  try {
    const applied = await migrate(databaseUrl, { log: console.log });
    if (applied === 0) console.log('the database is up to date');
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
