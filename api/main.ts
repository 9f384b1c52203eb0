import closeWithGrace from 'close-with-grace';
import { pino } from 'pino';
import { ConfigError } from '#schemas/config.ts';
import { startApi } from './api.ts';
import { readApiConfig } from './config.ts';

try {
  const config = readApiConfig(process.env);
  const log = pino({
    name: 'api',
    level: config.LOG_LEVEL,
    redact: ['req.headers.cookie', 'req.headers.authorization'],
  });
  const api = await startApi(config, { log });
  closeWithGrace({ delay: 5_000, logger: log }, async ({ err }) => {
    if (err) log.fatal({ err }, 'stopping after an error');
    await api.close();
  });
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exit(2);
}
