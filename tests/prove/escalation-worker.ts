// What asks people, as a process of its own that may be killed at any moment: the api's escalation and its senders.
import { pino } from 'pino';
import { readApiConfig } from '../../api/config.ts';
import { createDatabase } from '../../api/database.ts';
import { createEscalation } from '../../api/escalation/worker.ts';
import { createMetrics } from '../../api/metrics.ts';
import { createNotify } from '../../api/notify/notify.ts';

const config = readApiConfig(process.env);
const log = pino({ level: 'error' });
const connection = { connections: 2, statementTimeoutMs: 5_000, connectTimeoutMs: 2_000 };
const db = createDatabase({ url: config.DATABASE_URL, ...connection, name: 'dripwatch-escalation-proof' }, log);
createEscalation({ db, log, feedChanged: () => {} }).start();
createNotify(config, { log, metrics: createMetrics(), publicUrl: () => new URL('http://localhost') }).start();
process.send?.({ started: true });
