import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Metrics of one ingest process; never a pump or patient as a label. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  return {
    registry,
    messages: new Counter({
      name: 'dripwatch_ingest_messages_total',
      help: 'Messages taken from the broker',
      registers,
    }),
    ignored: new Counter({
      name: 'dripwatch_ingest_ignored_total',
      help: 'Messages that need no transaction',
      labelNames: ['why'] as const,
      registers,
    }),
    records: new Counter({
      name: 'dripwatch_ingest_records_committed_total',
      help: 'Journal records committed',
      registers,
    }),
    duplicates: new Counter({
      name: 'dripwatch_ingest_duplicates_total',
      help: 'Records dropped as already in',
      registers,
    }),
    rejected: new Counter({
      name: 'dripwatch_ingest_rejected_total',
      help: 'Records and messages kept as rejected',
      registers,
    }),
    alerts: new Counter({
      name: 'dripwatch_ingest_alerts_total',
      help: 'Alerts raised',
      labelNames: ['priority'] as const,
      registers,
    }),
    dropped: new Counter({
      name: 'dripwatch_ingest_dropped_messages_total',
      help: 'Messages dropped unacknowledged, since memory was full; the pumps send them again',
      registers,
    }),
    acknowledgements: new Counter({
      name: 'dripwatch_ingest_acknowledgements_total',
      help: 'Acknowledgements sent',
      registers,
    }),
    backfills: new Counter({
      name: 'dripwatch_ingest_backfills_total',
      help: 'Backfill commands sent for holes that did not close',
      registers,
    }),
    commitSeconds: new Histogram({
      name: 'dripwatch_ingest_commit_seconds',
      help: 'Duration of a transaction',
      buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
      registers,
    }),
    queued: new Gauge({
      name: 'dripwatch_ingest_queued_messages',
      help: 'Messages waiting for a transaction',
      registers,
    }),
    shards: new Gauge({ name: 'dripwatch_ingest_shards', help: 'Shards owned by this worker', registers }),
    databaseUp: new Gauge({ name: 'dripwatch_ingest_database_up', help: '1 while the database answers', registers }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
