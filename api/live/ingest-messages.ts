import type { Logger } from 'pino';
import type * as z from 'zod';
import {
  type CanaryEcho,
  canaryEcho,
  type LivePump,
  liveAlerts,
  liveProvisional,
  livePumps,
  type ProvisionalAlert,
} from '#schemas/messages/live.ts';

type Handlers = {
  pumps(pumps: LivePump[]): void;
  feedHint(head: number): void;
  provisional(worker: string, since: number | null, alerts: ProvisionalAlert[]): void;
  canary(echo: CanaryEcho): void;
};

const topicPattern = /^dw\/1\/live\/([^/]+)\/(pumps|alerts|provisional|canary)$/;

/**
 * Reads what ingest publishes after its commits. A message that is not what it should be is logged and left out: the
 * database tells the same within seconds.
 */
export function createIngestReader(on: Handlers, log: Logger): (topic: string, payload: Buffer) => void {
  return (topic, payload) => {
    const match = topicPattern.exec(topic);
    if (!match) return;
    const [, from = '', what] = match;
    const read = <T extends z.ZodType>(schema: T): z.infer<T> | null => {
      const value = parseJson(payload);
      const result = schema.safeParse(value);
      if (result.success) return result.data;
      log.warn({ topic, reason: result.error.issues.slice(0, 3) }, 'an internal message could not be read');
      return null;
    };
    if (what === 'pumps') {
      const message = read(livePumps);
      if (message) on.pumps(message.pumps);
    } else if (what === 'alerts') {
      const message = read(liveAlerts);
      if (message) on.feedHint(message.head);
    } else if (what === 'provisional') {
      const message = read(liveProvisional);
      if (message) on.provisional(from, message.since, message.alerts);
    } else {
      const message = read(canaryEcho);
      if (message) on.canary(message);
    }
  };
}

function parseJson(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8'));
  } catch {
    return undefined;
  }
}
