import * as z from 'zod';
import { databaseUrlSetting, logLevelSetting, mqttUrlSetting, parseConfig, portSetting } from '#schemas/config.ts';

const count = (expected: string) =>
  z
    .string()
    .regex(/^[1-9]\d{0,6}$/, expected)
    .transform(Number);

const environment = z.object({
  DATABASE_URL: databaseUrlSetting,
  MQTT_URL: mqttUrlSetting.default('mqtt://127.0.0.1:1883'),
  DATA_DIR: z.string().default('.data'),
  SERVICE_TOKENS_FILE: z.string().optional(),
  TLS_CA: z.string().optional(),
  HOST: z.string().default('127.0.0.1'),
  INGEST_HTTP_PORT: portSetting.default(3002),
  LOG_LEVEL: logLevelSetting.default('info'),
  /** Transactions at a time; each shard belongs to one of these writers. */
  INGEST_WRITERS: count('a number of at least 1').default(2),
  /** Messages held in memory at most while the database is slow or away; beyond it they are dropped unacknowledged. */
  INGEST_MAX_QUEUED_MB: count('a number of megabytes').default(32),
});

export type IngestConfig = {
  databaseUrl: string;
  mqttUrl: string;
  serviceTokensFile: string;
  tlsCa: string | null;
  host: string;
  httpPort: number;
  logLevel: z.infer<typeof logLevelSetting>;
  writers: number;
  maxQueuedBytes: number;
};

/** @throws ConfigError naming the variable, what was given and what is expected */
export function readIngestConfig(env: Record<string, string | undefined>): IngestConfig {
  const given = parseConfig(environment, env);
  return {
    databaseUrl: given.DATABASE_URL,
    mqttUrl: given.MQTT_URL,
    serviceTokensFile: given.SERVICE_TOKENS_FILE ?? `${given.DATA_DIR}/secrets.json`,
    tlsCa: given.TLS_CA ?? null,
    host: given.HOST,
    httpPort: given.INGEST_HTTP_PORT,
    logLevel: given.LOG_LEVEL,
    writers: given.INGEST_WRITERS,
    maxQueuedBytes: given.INGEST_MAX_QUEUED_MB * 1024 * 1024,
  };
}
