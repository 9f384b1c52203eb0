import type { Message } from '../message.ts';
import type { Outcome } from '../outcome.ts';

/** One way to reach people. `send` never throws for what a gateway did; its time is bounded. */
export type ChannelSender = {
  /** How many may be under way at once in this process. */
  atOnce: number;
  /** @param address as in `contact_method.address`; null for the webhook, which has its own */
  send(message: Message, address: unknown, signal: AbortSignal): Promise<Outcome>;
};
