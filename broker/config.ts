import * as z from 'zod';
import { databaseUrlSetting, logLevelSetting, parseConfig, portSetting } from '#schemas/config.ts';

const path = z.string().min(1, 'a path');

/** True for addresses that only this machine reaches. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

const brokerConfig = z
  .object({
    MQTT_PORT: portSetting.default(1883),
    MQTT_HOST: z.string().default('127.0.0.1'),
    MQTT_PLAIN: z.enum(['loopback', 'allow'], { error: 'allow, or nothing' }).default('loopback'),
    MQTTS_PORT: portSetting.default(8883),
    TLS_CERT: path.optional(),
    TLS_KEY: path.optional(),
    TLS_CA: path.optional(),
    DATABASE_URL: databaseUrlSetting,
    DATA_DIR: path.default('.data'),
    SERVICE_TOKENS_FILE: path.optional(),
    LOG_LEVEL: logLevelSetting.default('info'),
    BROKER_HTTP_PORT: portSetting.default(3001),
    HOST: z.string().default('127.0.0.1'),
  })
  .check((context) => {
    const given = context.value;
    const refuse = (name: string, message: string) =>
      context.issues.push({ code: 'custom', path: [name], message, input: given });
    if (given.TLS_CERT !== undefined && given.TLS_KEY === undefined) {
      refuse('TLS_KEY', 'the path of the key that belongs to TLS_CERT');
    }
    if (given.TLS_KEY !== undefined && given.TLS_CERT === undefined) {
      refuse('TLS_CERT', 'the path of the certificate that belongs to TLS_KEY');
    }
    if (given.TLS_CA !== undefined && given.TLS_CERT === undefined) {
      refuse('TLS_CERT', 'a path, since TLS_CA asks pumps for certificates');
    }
    if (!isLoopback(given.MQTT_HOST) && given.MQTT_PLAIN !== 'allow' && given.TLS_CERT === undefined) {
      refuse('MQTT_HOST', 'a loopback address, or TLS_CERT and TLS_KEY, or MQTT_PLAIN=allow');
    }
  });

/**
 * The broker's settings. With TLS, `MQTT_HOST` is where MQTTS listens, and plain MQTT stays on loopback unless
 * `MQTT_PLAIN=allow`.
 */
export type BrokerConfig = z.infer<typeof brokerConfig>;

/** @throws ConfigError with one line naming the variable, what was given and what is expected */
export function readBrokerConfig(env: Record<string, string | undefined>): BrokerConfig {
  return parseConfig(brokerConfig, env);
}
