import { Counter, Gauge, Registry } from 'prom-client';
import type { Links } from './links.ts';

export const refusalReasons = [
  'not-mqtt',
  'malformed-length',
  'before-connack',
  'too-large',
  'foreign-topic',
  'qos-2',
  'subscription',
  'will',
  'protocol-version',
  'client-id',
  'keepalive',
] as const;
export type RefusalReason = (typeof refusalReasons)[number];

export type AuthFailure = 'wrong-token' | 'unknown' | 'no-token' | 'certificate' | 'unavailable';

export interface Metrics {
  readonly registry: Registry;
  /** Plain numbers, since they change with every message; read when somebody asks for the metrics. */
  readonly messages: { received: number; sent: number };
  readonly refused: Counter<'reason'>;
  readonly authFailures: Counter<'reason'>;
  readonly slowCut: Counter;
  readonly takeovers: Counter;
  readonly cut: Counter;
  readonly hookErrors: Counter<'hook'>;
}

/** Never a pump's or a patient's name as a label: the number of series must not grow with the fleet. */
export function createMetrics(links: Links): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const prefix = 'dripwatch_broker';
  const messages = { received: 0, sent: 0 };

  new Gauge({
    name: `${prefix}_connections`,
    help: 'Open and authenticated connections.',
    labelNames: ['kind'],
    registers,
    collect() {
      const counts = links.counts();
      this.set({ kind: 'pump' }, counts.pump);
      this.set({ kind: 'service' }, counts.service);
    },
  });
  for (const [name, help, read] of [
    ['messages_received', 'Messages published by clients.', () => messages.received],
    ['messages_sent', 'Messages forwarded to subscribers.', () => messages.sent],
    ['cpu_seconds', 'Processor time of this process.', cpuSeconds],
  ] as const) {
    new Counter({
      name: `${prefix}_${name}_total`,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }
  for (const [name, help, read] of [
    ['resident_memory_bytes', 'Resident memory of this process.', () => process.memoryUsage.rss()],
    ['heap_bytes', 'Heap in use, without buffers.', () => process.memoryUsage().heapUsed],
    [
      'buffer_bytes',
      'Buffers outside the heap: what waits for subscribers is held here.',
      () => process.memoryUsage().arrayBuffers,
    ],
  ] as const) {
    new Gauge({
      name: `${prefix}_${name}`,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  }

  const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Counter({ name: `${prefix}_${name}_total`, help, labelNames, registers });
  return {
    registry,
    messages,
    refused: counter('refused', 'Packets and connections refused, by reason.', ['reason']),
    authFailures: counter('auth_failures', 'Connections refused for who they said they were, by reason.', ['reason']),
    slowCut: counter('slow_subscribers_cut', 'Subscribers cut since too much was waiting for them.', []),
    takeovers: counter('takeovers', 'Connections closed by a newer one with the same client id.', []),
    cut: counter('retired_cut', 'Connections cut since their pump or credential was retired or revoked.', []),
    hookErrors: counter('hook_errors', 'Decisions that failed and therefore refused, by hook.', ['hook']),
  };
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
