import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export type ApiMetrics = ReturnType<typeof createMetrics>;

/** Prometheus metrics of this process; never a pump, a patient or a person as a label. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'dripwatch_api_' });
  const registers = [registry];
  return {
    registry,
    requests: new Histogram({
      name: 'dripwatch_api_http_request_duration_seconds',
      help: 'Time from a request to its answer, by route.',
      labelNames: ['method', 'route', 'status'] as const,
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    }),
    screens: new Gauge({ name: 'dripwatch_api_screens', help: 'Live sockets that are open.', registers }),
    slowScreens: new Counter({
      name: 'dripwatch_api_slow_screens_total',
      help: 'Live sockets cut because they did not keep up.',
      registers,
    }),
    alertDelay: new Histogram({
      name: 'dripwatch_api_alert_sent_delay_seconds',
      help: 'From receipt by ingest to sending to the first screen, late alerts apart.',
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30],
      registers,
    }),
    pathAge: new Gauge({
      name: 'dripwatch_api_path_age_seconds',
      help: 'Age of the newest canary echo of the slowest shard; NaN before the first.',
      registers,
    }),
    databaseUp: new Gauge({ name: 'dripwatch_api_database_up', help: '1 while the database takes writes.', registers }),
    brokerUp: new Gauge({ name: 'dripwatch_api_broker_up', help: '1 while connected to the broker.', registers }),
    notifications: new Counter({
      name: 'dripwatch_api_notifications_total',
      help: 'Attempts to reach somebody, by what became of them.',
      labelNames: ['channel', 'outcome'] as const,
      registers,
    }),
    signInFailures: new Counter({
      name: 'dripwatch_api_sign_in_failures_total',
      help: 'Sign-ins that were refused.',
      registers,
    }),
  };
}
