import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import type { Channel, NotificationPayload } from '#schemas/http/notification.ts';
import { readApiConfig } from '../../api/config.ts';
import { createDatabase, type Database } from '../../api/database.ts';
import { createMetrics } from '../../api/metrics.ts';
import { createNotify, type Notify } from '../../api/notify/notify.ts';
import type { Patience } from '../../api/notify/retry.ts';
import { addPerson } from './api.ts';

export const testPublicUrl = 'http://127.0.0.1:3999';

/** A sender over a database, with its settings; ends with the test. */
export async function senderForThisTest(
  databaseUrl: string,
  env: Record<string, string>,
  each: Patience = { firstMs: 20, longestMs: 60, givenUpMs: 60_000 },
): Promise<Notify & { db: Database }> {
  const folder = mkdtempSync(join(tmpdir(), 'dripwatch-notify-'));
  const config = readApiConfig({ DATABASE_URL: databaseUrl, DATA_DIR: folder, OUTBOUND_ALLOW: 'loopback', ...env });
  const log = pino({ level: process.env.TEST_LOG ?? 'silent' });
  const patience = { 'web-push': each, 'e-mail': each, sms: each, voice: each, webhook: each };
  const deps = { log, metrics: createMetrics(), publicUrl: () => new URL(testPublicUrl) };
  const options = {
    url: databaseUrl,
    connections: 2,
    statementTimeoutMs: 5_000,
    connectTimeoutMs: 2_000,
    name: 'test',
  };
  const db = createDatabase(options, log);
  const notify = createNotify(config, deps, patience);
  let closed: Promise<void> | null = null;
  const close = () => {
    closed ??= notify.close().then(() => db.close());
    return closed;
  };
  onTestFinished(async () => {
    await close();
    rmSync(folder, { recursive: true, force: true });
  });
  notify.start();
  return { ...notify, db, close };
}

/** A person with one method for each of these addresses. */
export async function reachablePerson(
  db: pg.Pool,
  methods: readonly [Exclude<Channel, 'webhook'>, object][],
): Promise<{ user: string; methods: string[] }> {
  const email = await addPerson(db, 'clinician');
  const found = await db.query<{ id: string }>('select user_id as id from app_user where email = $1', [email]);
  const user = found.rows[0]?.id ?? '';
  const ids: string[] = [];
  for (const [channel, address] of methods) {
    const added = await db.query<{ id: string }>(
      `insert into contact_method (user_id, channel, label, address) values ($1, $2, $2, $3)
       returning contact_method_id as id`,
      [user, channel, JSON.stringify(address)],
    );
    ids.push(added.rows[0]?.id ?? '');
  }
  return { user, methods: ids };
}

export type Outboxed = {
  channel: Channel;
  user: string | null;
  method?: string | null;
  key?: string;
  alert?: string | null;
  payload?: Partial<NotificationPayload>;
};

/** Puts a notification into the outbox, as escalation does; returns its id and key. */
export async function putIntoOutbox(
  db: pg.Pool,
  { channel, user, method = null, key = `outbox:${randomUUID()}`, alert = randomUUID(), payload = {} }: Outboxed,
): Promise<{ id: string; key: string; alert: string | null }> {
  const full = { kind: 'alert', priority: 'high', type: 'silent-pump', alert, count: 1, ...payload };
  const { rows } = await db.query<{ id: string }>(
    `insert into notification (idempotency_key, purpose, alert_id, step, channel, user_id, contact_method_id, payload)
     values ($1, $2, $3, 1, $4, $5, $6, $7) returning notification_id as id`,
    [key, full.kind, alert, channel, user, method, JSON.stringify(full)],
  );
  return { id: rows[0]?.id ?? '', key, alert };
}

export type OutboxRow = {
  state: string;
  attempts: number;
  last_error: string | null;
  sent_at: Date | null;
  answered_at: Date | null;
  provider_id: string | null;
};

export async function outboxRow(db: pg.Pool, id: string): Promise<OutboxRow> {
  const { rows } = await db.query<OutboxRow>('select * from notification where notification_id = $1', [id]);
  const row = rows[0];
  if (row === undefined) throw new Error(`no notification ${id}`);
  return row;
}
