import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Options } from './command-line.ts';
import type { SimConfig } from './config.ts';
import { Failure } from './failure.ts';
import type { HostOptions } from './fleet.ts';
import type { Progress } from './progress.ts';
import { type ApiClient, signIn } from './provision/api-client.ts';

/** What a command runs with. */
export type Context = {
  options: Options;
  config: SimConfig;
  progress: Progress;
  /** Results, for standard output. */
  print(text: string): void;
  /** Ends the command early: Ctrl-C, a stop by the supervisor. */
  signal: AbortSignal;
  onError(error: unknown): void;
};

/** Signs in once, when it is first needed. */
export function lazyApi(context: Context): () => Promise<ApiClient> {
  let client: Promise<ApiClient> | null = null;
  return () => {
    const { api: url, user } = context.options;
    client ??= signIn({ url, user, password: readPassword(context) }, context.signal);
    return client;
  };
}

function readPassword({ options, config }: Context): string {
  const file = options['password-file'] ?? join(config.DATA_DIR, 'demo-password');
  if (!existsSync(file)) {
    throw new Failure(
      `${file}: no such file; it should hold the password of ${options.user} (--password-file FILE)`,
      2,
    );
  }
  return readFileSync(file, 'utf8').trim();
}

/** Settings of the shared host. */
export function hostOptions({ options, config }: Context, prefix: string): HostOptions {
  return {
    dataDir: options['data-dir'] ?? join(config.DATA_DIR, 'sim'),
    prefix: options.prefix ?? prefix,
    apiUrl: options.api,
    brokerUrl: options.broker ?? config.MQTT_URL,
    journal: options.journal,
    fsync: options.fsync,
    capacity: 30_000,
    backlogPerS: 10_000,
    historyLog: options['history-log'] ?? null,
  };
}
