import { readFileSync } from 'node:fs';

const read = (name: string): string => readFileSync(new URL(`./sql/${name}.sql`, import.meta.url), 'utf8');

/** Every query of ingest, one file each in sql/; the key is its name as a prepared statement. */
export const sql = {
  beginShards: read('begin-shards'),
  renewShards: read('renew-shards'),
  takeShards: read('take-shards'),
  retakeShards: read('retake-shards'),
  releaseShards: read('release-shards'),
  heartbeatWorker: read('heartbeat-worker'),
  leaveWorker: read('leave-worker'),
  loadPumps: read('load-pumps'),
  loadStatuses: read('load-statuses'),
  copyTelemetry: read('copy-telemetry'),
  insertProgrammes: read('insert-programmes'),
  insertDeliveries: read('insert-deliveries'),
  insertBoluses: read('insert-boluses'),
  insertLimitAlerts: read('insert-limit-alerts'),
  insertDeviceEvents: read('insert-device-events'),
  insertAlarms: read('insert-alarms'),
  insertGone: read('insert-gone'),
  insertRejectedRecords: read('insert-rejected-records'),
  insertRejectedMessages: read('insert-rejected-messages'),
  updateHellos: read('update-hellos'),
  upsertInfusions: read('upsert-infusions'),
  endSuperseded: read('end-superseded'),
  insertJournals: read('insert-journals'),
  updateJournals: read('update-journals'),
  upsertPumpStates: read('upsert-pump-states'),
  raiseAlerts: read('raise-alerts'),
  endAlerts: read('end-alerts'),
  reopenAlerts: read('reopen-alerts'),
  worsenAlerts: read('worsen-alerts'),
  appendToFeed: read('append-to-feed'),
} as const;

export type QueryName = keyof typeof sql;
