// npm run schema: writes schemas/db/schema.sql, what a fresh plain PostgreSQL holds after all migrations, for reading.
// npm run schema -- --check: fails when that file is not what the migrations make.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startCluster } from './database/cluster.ts';
import { describeSchema } from './database/describe-schema.ts';
import { migrate } from './migrate.ts';

const file = fileURLToPath(new URL('../schemas/db/schema.sql', import.meta.url));

async function freshSchema(): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), 'dripwatch-schema-'));
  try {
    const cluster = await startCluster({ dataDir, engine: 'embedded', durable: false });
    try {
      await migrate(cluster.url);
      return await describeSchema(cluster.url);
    } finally {
      await cluster.close();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const fresh = await freshSchema();
if (process.argv.includes('--check')) {
  const kept = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (kept !== fresh) {
    console.error('schemas/db/schema.sql is not what the migrations make: run `npm run schema` and commit it.');
    process.exitCode = 1;
  }
} else {
  writeFileSync(file, fresh);
  console.log('wrote schemas/db/schema.sql');
}
