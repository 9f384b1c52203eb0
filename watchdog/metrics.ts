import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { components, type Finding } from './watch-state.ts';

/** Metrics of the watchdog. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'dripwatch_watchdog_' });
  const registers = [registry];
  const good = new Gauge({
    name: 'dripwatch_watchdog_component_good',
    help: '1 where the last round found nothing wrong with it',
    labelNames: ['component'] as const,
    registers,
  });
  return {
    registry,
    rounds: new Counter({
      name: 'dripwatch_watchdog_rounds_total',
      help: 'Rounds through the whole path, by what they found',
      labelNames: ['result'] as const,
      registers,
    }),
    failing: new Gauge({ name: 'dripwatch_watchdog_failing', help: '1 during an outage that was paged', registers }),
    commitSeconds: new Histogram({
      name: 'dripwatch_watchdog_canary_commit_seconds',
      help: 'From the first publication of a canary record to the acknowledgement that it is committed',
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 15, 30, 60, 300],
      registers,
    }),
    pages: new Counter({
      name: 'dripwatch_watchdog_pages_total',
      help: 'Attempts to page, by channel',
      labelNames: ['channel', 'outcome'] as const,
      registers,
    }),
    pings: new Counter({
      name: 'dripwatch_watchdog_pings_total',
      help: 'Requests of WATCHDOG_PING_URL',
      labelNames: ['outcome'] as const,
      registers,
    }),
    found: (findings: readonly Finding[]) => {
      for (const component of components) {
        good.set({ component }, findings.some((finding) => finding.component === component) ? 0 : 1);
      }
    },
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
