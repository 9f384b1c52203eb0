import type { AlertEffect, AlertState } from '#schemas/rules/alert.ts';
import type { Announcement } from '#schemas/rules/announced-work.ts';
import type { Audience } from '#schemas/rules/audience.ts';
import { type Due, type EscalationState, newEscalation, type Tended, tend } from '#schemas/rules/escalation.ts';
import type { OfflineWindow } from '#schemas/rules/expected-offline.ts';
import { pagingDetail, pagingOf } from '#schemas/rules/paging.ts';
import { type AlertRow, stateOf } from '../alert-state.ts';
import { settingsOfLevels } from '../rules/levels.ts';
import type { Book } from './book.ts';

/** One alert with all that its escalation depends on, as `escalation_lock` reads it. */
export type CaseRow = AlertRow & {
  type: string;
  audience: Audience;
  late: boolean;
  raisedAt: number;
  detail: Record<string, unknown>;
  escalation: {
    cycle: number;
    step: number;
    times: number;
    offeredAt: number;
    offeredTo: string[];
    declinedBy: string[];
    channelStage: number | null;
    channelAt: number | null;
    heldUntil: number | null;
    heldBy: 'work' | 'expected-offline' | null;
  } | null;
  due: (Due & { id: number }) | null;
  receipts: { user: string; rendered: boolean; seen: boolean }[];
  announcements: Announcement[];
  windows: OfflineWindow[];
  /** What decides the thresholds for the alert's pump: rule set, care area, exceptions. */
  levels: unknown;
};

export type Case = { row: CaseRow; before: EscalationState; tended: Tended };

/** A person's answer, just now: how it left the alert and what it asks for. */
export type Answered = { next: AlertState; effects: readonly AlertEffect[] };

/** Decides, with nothing but what was read. */
export function decideCase(row: CaseRow, book: Book, answered: Answered | null): Case {
  const { now, audience, priority, receipts } = row;
  const before = escalationOf(row);
  const settings = settingsOfLevels(row.levels, now);
  const facts = {
    alert: answered?.next ?? stateOf(row),
    paging: pagingOf(
      { ...row, ...pagingDetail(row.detail) },
      {
        announcements: row.announcements,
        windows: row.windows,
        work: settings['announced-work'],
        offline: settings['expected-offline'],
      },
    ),
    policy: book.policyFor(audience, priority),
    people: (step: Parameters<Book['asks']>[0]) => book.asks(step, audience, now),
    everybody: () => book.everybody(audience),
    mayAnswer: (person: string) => book.mayAnswer(person, audience),
    channelsOf: (person: string) => new Set(book.people.get(person)?.channels ?? []),
    receipts: new Map(receipts.map(({ user, ...receipt }) => [user, receipt])),
    asked: answered?.effects ?? [],
  };
  return { row, before, tended: tend(before, facts, now) };
}

function escalationOf({ escalation, due, times }: CaseRow): EscalationState {
  if (escalation === null) return newEscalation(times);
  const { channelStage, channelAt, heldUntil, heldBy, ...rest } = escalation;
  return {
    ...rest,
    channel: channelStage === null || channelAt === null ? null : { stage: channelStage, at: channelAt },
    held: heldUntil === null || heldBy === null ? null : { by: heldBy, until: heldUntil },
    due: due === null ? null : { kind: due.kind, step: due.step, at: due.at, early: due.early },
  };
}
