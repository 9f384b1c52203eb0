import * as z from 'zod';

/** A setting has a wrong value. The message is one line: the variable, what was given, what is expected. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/**
 * Reads a service's settings from an environment. Empty strings count as unset.
 * @param schema one zod object whose keys are environment names
 * @throws ConfigError naming the variable, what was given and what is expected; a secret's value is never repeated
 */
export function parseConfig<T extends z.ZodObject>(schema: T, env: Record<string, string | undefined>): z.infer<T> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => {
    const name = String(issue.path[0] ?? 'environment');
    const value = given[name];
    const shown = /TOKEN|SECRET|PASSWORD|KEY|URL/.test(name) && value !== undefined ? 'a value (not shown)' : value;
    return `${name}: ${shown === undefined ? 'not set' : `got ${JSON.stringify(shown)}`}; expected ${issue.message}`;
  });
  throw new ConfigError(lines.join(' · '));
}

const portText = 'a port number from 0 to 65535 (0 = any free port)';

/**
 * Reads secrets from files: `NAME_FILE` stands for `NAME` where that is not set itself.
 * @param read the content of a file; throws where it can't be read
 * @throws ConfigError naming the variable and the file
 */
export function withSecretFiles(
  env: Record<string, string | undefined>,
  names: readonly string[],
  read: (file: string) => string,
): Record<string, string | undefined> {
  const found: Record<string, string | undefined> = { ...env };
  for (const name of names) {
    const file = env[`${name}_FILE`];
    if (file === undefined || file === '' || (env[name] ?? '') !== '') continue;
    try {
      found[name] = read(file).trim();
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown';
      throw new ConfigError(`${name}_FILE: got ${JSON.stringify(file)}; expected a readable file (${reason})`);
    }
  }
  return found;
}

/** A TCP port given as text. */
export const portSetting = z
  .string()
  .regex(/^\d{1,5}$/, portText)
  .transform(Number)
  .refine((port) => port <= 65535, portText);

const databaseUrlText = 'a URL such as postgres://user@host:5432/dripwatch';
export const databaseUrlSetting = z.string(databaseUrlText).regex(/^postgres(ql)?:\/\//, databaseUrlText);

export const mqttUrlSetting = z.string().regex(/^mqtts?:\/\//, 'a URL such as mqtt://127.0.0.1:1883');

export const logLevelSetting = z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
  error: 'one of fatal, error, warn, info, debug, trace, silent',
});

/** A switch given as text. */
export const switchSetting = z
  .enum(['0', '1', 'true', 'false'], { error: '1 or 0' })
  .transform((value) => value === '1' || value === 'true');
