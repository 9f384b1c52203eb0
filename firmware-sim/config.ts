import * as z from 'zod';
import { mqttUrlSetting, parseConfig } from '#schemas/config.ts';

const settings = z.object({
  /** The platform's data directory: where `npm start` keeps the demo password, and this simulator its journals. */
  DATA_DIR: z.string().default('.data'),
  MQTT_URL: mqttUrlSetting.default('mqtt://127.0.0.1:1883'),
});
export type SimConfig = z.infer<typeof settings>;

/** Reads the simulator's settings. @throws ConfigError */
export function readSimConfig(env: Record<string, string | undefined>): SimConfig {
  return parseConfig(settings, env);
}
