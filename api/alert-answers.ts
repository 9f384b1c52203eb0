import type { Alert, AlertDetail } from '#schemas/http/alert.ts';
import type { Priority } from '#schemas/messages/record.ts';
import { type AlertInput, type AlertState, nextAlert, type Responsibility } from '#schemas/rules/alert.ts';
import { type Actor, actorOf, writeAudit } from './audit/write.ts';
import { readInfusionOrder } from './care/infusion-order.ts';
import type { Database, Query } from './database.ts';
import { notFound, problem } from './problem.ts';
import type { SignedIn } from './sessions/sessions.ts';

type AlertRow = {
  id: string;
  priority: Priority;
  condition: 'active' | 'ended';
  responsibility: Responsibility['at'];
  owner: string | null;
  offeredTo: string | null;
  times: number;
  endedAt: number | null;
  endReason: string | null;
  acceptedUntil: number | null;
  acceptedAt: number | null;
  acceptedSince: number | null;
  seenAt: number | null;
  now: number;
};

/** What a person does to an alert, in the words of the alert_action table. */
export type Answer = {
  action: 'accept' | 'decline' | 'hand-over' | 'note' | 'feedback' | 'seen' | 'undo' | 'call';
  /** The step of the responsibility, perhaps depending on how it stands; null where only something is written down. */
  input: AlertInput | null | ((state: AlertState) => AlertInput | null);
  note?: string | undefined;
  needed?: boolean;
  /** Kept with the action: who it was offered to. */
  offeredTo?: { id: string; name: string } | null;
  /** Kept with the action: who was called, whether they were reached, the call. */
  called?: { whose: string; reached: boolean; call: string };
};

type AnswerDeps = { db: Database; feedChanged: () => void };

/**
 * One transaction: lock, decide purely, write, say who did what, and number the change last of all. Two people at once
 * are one after the other at the lock; the second is told who has it.
 * @throws 404; 409 with `owner` where somebody else has it; the database's error where it can't be recorded
 */
export async function answerAlert(deps: AnswerDeps, signedIn: SignedIn, id: string, answer: Answer): Promise<void> {
  const changed = await deps.db.transaction(async (query) => {
    if (!(await recordAnswer(query, actorOf(signedIn), id, answer))) return false;
    // Last of all: the feed's number is taken in the order of the commits.
    await query('feed_append', [[id]]);
    return true;
  });
  if (changed) deps.feedChanged();
}

/**
 * The same inside the caller's transaction, which appends the alert to the feed as its last statement.
 * @returns whether something changed
 */
export async function recordAnswer(query: Query, by: Actor, id: string, answer: Answer): Promise<boolean> {
  const [row] = await query<AlertRow>('alert_lock', [id]);
  if (!row) throw notFound(`alert ${id}`);
  const state = stateOf(row);
  const input = typeof answer.input === 'function' ? answer.input(state) : answer.input;
  const next = input === null ? state : await decide(query, state, input, row.now);
  if (next === null) return false;
  await query('alert_update', [id, ...columnsOf(next, row), answer.needed ?? null]);
  const said = [answer.note ?? null, JSON.stringify({ ...detailOf(answer), ...feedbackOf(answer) })];
  await query('alert_action_insert', [id, by.id, answer.action, ...said]);
  await writeAudit(query, by, `alert.${answer.action}`, id, { ...feedbackOf(answer) });
  return true;
}

/** The alert with its hops and everything people did. */
export async function readAlert(query: Query, id: string, now: number): Promise<AlertDetail> {
  const [row] = await query<{ document: Alert }>('alert_one', [id]);
  if (!row) throw notFound(`alert ${id}`);
  const actions = await query<AlertDetail['actions'][number]>('alert_actions', [id]);
  const { infusion } = row.document;
  const order = infusion === null ? null : await readInfusionOrder(query, infusion, now);
  const notifications = await query<AlertDetail['notifications'][number]>('alert_notifications', [id]);
  return { ...row.document, actions, order, notifications };
}

const detailOf = ({ offeredTo, called }: Answer) => ({ ...(offeredTo ? { offeredTo } : {}), ...called });
const feedbackOf = (answer: Answer) => (answer.needed === undefined ? {} : { needed: answer.needed });

/** @returns null where nothing changes, such as accepting what one has already */
async function decide(query: Query, state: AlertState, input: AlertInput, now: number): Promise<AlertState | null> {
  const outcome = nextAlert(state, input, now);
  if (outcome.ok) return outcome.changed ? outcome.next : null;
  if (outcome.reason !== 'accepted-by-other') throw problem(409, outcome.detail);
  const [owner] = await query<{ id: string; name: string }>('user_by_id', [outcome.owner]);
  const named = owner ? { id: owner.id, name: owner.name } : null;
  throw problem(409, `${named?.name ?? 'somebody else'} has it already`, {
    title: 'Accepted by another',
    owner: named,
  });
}

function stateOf(row: AlertRow): AlertState {
  return {
    priority: row.priority,
    condition:
      row.condition === 'active'
        ? { at: 'active' }
        : { at: 'ended', since: row.endedAt ?? row.now, reason: row.endReason ?? 'unknown' },
    responsibility: responsibilityOf(row),
    seenAt: row.seenAt,
    times: row.times,
  };
}

function responsibilityOf(row: AlertRow): Responsibility {
  const by = row.owner ?? '';
  switch (row.responsibility) {
    case 'unassigned':
      return { at: 'unassigned' };
    case 'offered':
      return { at: 'offered', step: 0, to: row.offeredTo };
    case 'accepted':
      return { at: 'accepted', by, since: row.acceptedSince ?? row.acceptedAt ?? 0, until: row.acceptedUntil };
    case 'declined':
    case 'lapsed':
      return { at: row.responsibility, by, since: 0 };
  }
}

/** responsibility, owner, accepted_until, accepted_at, seen_at, offered_to */
function columnsOf(next: AlertState, before: AlertRow): readonly unknown[] {
  const { responsibility, seenAt } = next;
  if (responsibility.at === 'accepted') {
    const { by, since, until } = responsibility;
    return ['accepted', by, until, before.acceptedAt ?? since, seenAt, null];
  }
  // Taken back at once: it was never accepted.
  const acceptedAt = responsibility.at === 'unassigned' ? null : before.acceptedAt;
  const offeredTo = responsibility.at === 'offered' ? responsibility.to : null;
  const owner = responsibility.at === 'lapsed' ? before.owner : null;
  return [responsibility.at, owner, null, acceptedAt, seenAt, offeredTo];
}
