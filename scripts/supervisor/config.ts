import { resolve } from 'node:path';
import * as z from 'zod';
import { databaseUrlSetting, parseConfig, portSetting } from '#schemas/config.ts';

const supervisorConfig = z.object({
  DATABASE_URL: databaseUrlSetting.optional(),
  DATA_DIR: z.string().default('.data'),
  HOST: z.string().default('127.0.0.1'),
  PORT: portSetting.default(3000),
  MQTT_PORT: portSetting.default(1883),
  // Not set: 3001 to 3003, or any free port where another program has them.
  BROKER_HTTP_PORT: portSetting.optional(),
  INGEST_HTTP_PORT: portSetting.optional(),
  WATCHDOG_HTTP_PORT: portSetting.optional(),
  PUBLIC_URL: z.url('a URL such as https://dripwatch.example.org').optional(),
  DEMO_PASSWORD: z.string().min(8, 'at least 8 characters').optional(),
  SERVICE_TOKENS_FILE: z.string().optional(),
});

/** What the supervisor itself needs to know; all other settings pass through to the services. */
export type SupervisorConfig = z.infer<typeof supervisorConfig>;

/**
 * @throws ConfigError naming the variable, what was given and what is expected
 */
export function readSupervisorConfig(env: Record<string, string | undefined>): SupervisorConfig {
  const config = parseConfig(supervisorConfig, env);
  return { ...config, DATA_DIR: resolve(config.DATA_DIR) };
}
