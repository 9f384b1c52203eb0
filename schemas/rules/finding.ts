import type { Priority } from '../messages/record.ts';

/** What a rule found: the alert's type, priority, words, and the numbers behind them. */
export type Finding = { type: string; priority: Priority; message: string; detail: Record<string, unknown> };

/** One step of a rule with memory: `found` is raised once, `over` says why the condition no longer holds. */
export type WatchStep<State> = { next: State; found: Finding | null; over: string | null };
