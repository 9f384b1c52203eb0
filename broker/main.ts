import closeWithGrace from 'close-with-grace';
import { pino } from 'pino';
import { ConfigError } from '#schemas/config.ts';
import { startBroker } from './broker.ts';
import { readBrokerConfig } from './config.ts';

try {
  const config = readBrokerConfig(process.env);
  const log = pino({ name: 'broker', level: config.LOG_LEVEL });
  const broker = await startBroker(config, { log });
  closeWithGrace({ delay: 5_000, logger: log }, async ({ err }) => {
    if (err) log.fatal({ err }, 'broker stops');
    await broker.close();
  });
} catch (error) {
  process.stderr.write(`${error instanceof ConfigError ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
