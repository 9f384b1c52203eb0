import type { Logger } from 'pino';
import type * as z from 'zod';
import type { brokerRefused } from '#schemas/messages/live.ts';
import type { Link } from './links.ts';
import type { Metrics, RefusalReason } from './metrics.ts';
import type { QuietLog } from './quiet-log.ts';

export type Refused = z.infer<typeof brokerRefused>;

/** Every refusal is counted and logged; what a pump tried to publish is listed as well. */
export interface Refusals {
  connect(reason: RefusalReason, clientId: string, detail: string): void;
  /** `link` is null before a connection is authenticated. */
  note(reason: RefusalReason, link: Link | null, detail: string): void;
  /** As `note`, and for the rejected records. No bytes of the message are kept. */
  list(reason: RefusalReason, link: Link, bytes: number, detail: string, lane: string | null): void;
}

/** @param publish sends to the topic where the broker lists what it refused */
export function createRefusals(deps: {
  log: Logger;
  quiet: QuietLog;
  metrics: Metrics;
  publish: (refused: Refused) => void;
}): Refusals {
  const { log, quiet, metrics, publish } = deps;
  const connect: Refusals['connect'] = (reason, client, detail) => {
    metrics.refused.inc({ reason });
    quiet(`${reason} ${client}`, (swallowed) => log.warn({ client, reason, swallowed }, `refused: ${detail}`));
  };
  const note: Refusals['note'] = (reason, link, detail) => connect(reason, link?.clientId ?? '', detail);
  return {
    connect,
    note,
    list(reason, link, bytes, detail, lane) {
      note(reason, link, detail);
      if (link.kind !== 'pump') return;
      publish({ pump: link.account, at: Date.now(), bytes, lane, reason: detail.slice(0, 300) });
    },
  };
}
