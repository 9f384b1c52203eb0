import closeWithGrace from 'close-with-grace';
import { pino } from 'pino';
import { ConfigError } from '#schemas/config.ts';
import { readWatchdogConfig } from './config.ts';
import { startWatchdog } from './watchdog.ts';

try {
  const config = readWatchdogConfig(process.env);
  const log = pino({ name: 'watchdog', level: config.LOG_LEVEL });
  const watchdog = await startWatchdog(config, { log, path: process.env.PATH });
  closeWithGrace({ delay: 5_000, logger: log }, async ({ err }) => {
    if (err) log.fatal({ err }, 'watchdog stops');
    await watchdog.close();
  });
} catch (error) {
  process.stderr.write(`${error instanceof ConfigError ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
