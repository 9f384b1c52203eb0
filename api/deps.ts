import type { Logger } from 'pino';
import type { BrokerLink } from './broker-link.ts';
import type { ApiConfig } from './config.ts';
import type { Database } from './database.ts';
import type { DatabaseWatch } from './live/database-watch.ts';
import type { Live } from './live/live.ts';
import type { ApiMetrics } from './metrics.ts';
import type { Notify } from './notify/notify.ts';
import type { FailedSignIns } from './sessions/failed-sign-ins.ts';
import type { Passwords } from './sessions/password.ts';
import type { Sessions } from './sessions/sessions.ts';

/** What the routes work with: one plain object. */
export type ApiDeps = {
  config: ApiConfig;
  db: Database;
  broker: BrokerLink;
  sessions: Sessions;
  passwords: Passwords;
  failedSignIns: FailedSignIns;
  databaseWatch: DatabaseWatch;
  live: Live;
  notify: Notify;
  metrics: ApiMetrics;
  log: Logger;
  now: () => number;
  /** Where browsers reach us; with PORT=0 it is known only once listening. */
  publicUrl: () => URL;
  /** False until what must be done once the database answers (the demo users) is done. */
  prepared: () => boolean;
  /** False while the steps of escalations are not carried out, though the database answers. */
  escalating: () => boolean;
};
