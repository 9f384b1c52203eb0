import closeWithGrace from 'close-with-grace';
import { pino } from 'pino';
import { ConfigError } from '#schemas/config.ts';
import { readIngestConfig } from './config.ts';
import { startIngest } from './ingest.ts';

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
