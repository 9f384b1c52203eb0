import { setFlagsFromString } from 'node:v8';
import closeWithGrace from 'close-with-grace';
import { pino } from 'pino';
import { ConfigError } from '#schemas/config.ts';
import { readIngestConfig } from './config.ts';
import { startIngest } from './ingest.ts';

// A record lives for one transaction, about 100 ms. With the default young generation (16 MB) many are moved to the old
// one before they die, and collecting them there costs a fifth of the CPU per message.
setFlagsFromString('--max-semi-space-size=32');

try {
  const config = readIngestConfig(process.env);
  const log = pino({ name: 'ingest', level: config.logLevel });
  const ingest = await startIngest(config, { log });
  closeWithGrace({ delay: 5_000, logger: log }, async ({ err }) => {
    if (err) log.fatal({ err }, 'ingest stops');
    await ingest.close();
  });
} catch (error) {
  process.stderr.write(`${error instanceof ConfigError ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
