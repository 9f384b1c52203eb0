import type { Page } from '../page.ts';

/** A way to reach people that does not need the platform. */
export type Channel = {
  name: 'webhook' | 'e-mail' | 'command';
  /** @throws Error when it was not taken; the same page may be sent again */
  send(page: Page, signal: AbortSignal): Promise<void>;
};
