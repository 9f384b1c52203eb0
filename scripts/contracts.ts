// npm run openapi: writes what foreign clients program against: docs/openapi.generated.json (HTTP, from the routes) and
// docs/asyncapi.generated.json (MQTT, from the message schemas). With --check: fails when a file is not what the code says.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { createApiParts } from '../api/api.ts';
import { buildApp } from '../api/app.ts';
import { readApiConfig } from '../api/config.ts';
import { mqttDocument } from '../api/mqtt-document.ts';

const docs = fileURLToPath(new URL('../docs', import.meta.url));

async function openApiDocument(): Promise<object> {
  // Nothing is connected: only the routes are asked.
  const config = readApiConfig({ DATABASE_URL: 'postgresql://127.0.0.1/none', DASHBOARD_DIR: docs });
  const log = pino({ level: 'silent' });
  const app = await buildApp(createApiParts(config, '', log, () => new URL('http://127.0.0.1:3000')).deps);
  try {
    await app.ready();
    return app.swagger();
  } finally {
    await app.close();
  }
}

const documents = { 'openapi.generated.json': await openApiDocument(), 'asyncapi.generated.json': mqttDocument() };
for (const [name, document] of Object.entries(documents)) {
  const file = join(docs, name);
  const fresh = `${JSON.stringify(document, null, 1)}\n`;
  if (!process.argv.includes('--check')) {
    writeFileSync(file, fresh);
    console.log(`wrote docs/${name}`);
  } else if (!existsSync(file) || readFileSync(file, 'utf8') !== fresh) {
    console.error(`docs/${name} is not what the code says: run \`npm run openapi\` and commit it.`);
    process.exitCode = 1;
  }
}
