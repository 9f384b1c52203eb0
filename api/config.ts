import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import {
  ConfigError,
  databaseUrlSetting,
  logLevelSetting,
  mqttUrlSetting,
  parseConfig,
  portSetting,
  switchSetting,
  withSecretFiles,
} from '#schemas/config.ts';
import { checkNotifySettings, notifySecrets, notifySettings } from './notify/settings.ts';

const settings = z.object({
  ...notifySettings,
  PORT: portSetting.default(3000),
  HOST: z.string().default('127.0.0.1'),
  /** Where browsers reach us; decides the cookie's name and the allowed Origin. Default: http on HOST and PORT. */
  PUBLIC_URL: z.url({ protocol: /^https?$/, error: 'a URL such as https://dripwatch.example' }).optional(),
  DATABASE_URL: databaseUrlSetting,
  MQTT_URL: mqttUrlSetting.default('mqtt://127.0.0.1:1883'),
  DATA_DIR: z.string().default('.data'),
  /** Where the downtime list lies each hour. Default: `downtime` in DATA_DIR. */
  DOWNTIME_DIR: z.string().min(1).optional(),
  SERVICE_TOKENS_FILE: z.string().optional(),
  LOG_LEVEL: logLevelSetting.default('info'),
  /** 1: make the demo users. They can sign in only while this is on. */
  DEMO: switchSetting.default(false),
  DEMO_PASSWORD: z.string().min(8, 'at least 8 characters').optional(),
  DASHBOARD_DIR: z.string().default('dashboard/dist'),
});

export type ApiConfig = z.infer<typeof settings>;

const loopbackName = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** True for host names that only this machine answers. */
export function isLoopbackName(hostname: string): boolean {
  return loopbackName.test(hostname);
}

/**
 * Reads the api's settings.
 * @throws ConfigError naming the variable, what was given and what is expected
 */
export function readApiConfig(env: Record<string, string | undefined>): ApiConfig {
  const config = parseConfig(
    settings,
    withSecretFiles(env, notifySecrets, (file) => readFileSync(file, 'utf8')),
  );
  checkNotifySettings(config, isLoopbackName);
  if (config.DEMO && config.DEMO_PASSWORD === undefined) {
    throw new ConfigError('DEMO_PASSWORD: not set; expected a password of at least 8 characters, since DEMO is on');
  }
  if (config.PUBLIC_URL !== undefined) {
    const url = new URL(config.PUBLIC_URL);
    if (url.protocol === 'http:' && !isLoopbackName(url.hostname)) {
      throw new ConfigError(
        `PUBLIC_URL: got "${config.PUBLIC_URL}"; expected https, since plain http is only for loopback`,
      );
    }
  }
  return config;
}

const tokensFile = z.object({ serviceTokens: z.object({ 'svc-api': z.string().min(16) }) });

/**
 * The api's own MQTT token, from SERVICE_TOKENS_FILE or DATA_DIR/secrets.json.
 * @throws ConfigError where the file can't be read or holds no token for svc-api
 */
export function readServiceToken(config: Pick<ApiConfig, 'DATA_DIR' | 'SERVICE_TOKENS_FILE'>): string {
  const file = config.SERVICE_TOKENS_FILE ?? join(config.DATA_DIR, 'secrets.json');
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ConfigError(
      `SERVICE_TOKENS_FILE: ${file} can't be read (${error instanceof Error ? error.message : ''})`,
    );
  }
  const parsed = tokensFile.safeParse(content);
  if (!parsed.success) {
    throw new ConfigError(`SERVICE_TOKENS_FILE: ${file}; expected {"serviceTokens": {"svc-api": "…"}}`);
  }
  return parsed.data.serviceTokens['svc-api'];
}
