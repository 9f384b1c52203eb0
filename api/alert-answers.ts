import type { Alert, AlertDetail } from '#schemas/http/alert.ts';
import { type AlertEffect, type AlertInput, type AlertState, nextAlert } from '#schemas/rules/alert.ts';
import type { Audience } from '#schemas/rules/audience.ts';
import { answeringRoles } from '#schemas/rules/permitted-answers.ts';
import { type AlertRow, columnsOf, stateOf } from './alert-state.ts';
import { type Actor, actorOf, writeAudit } from './audit/write.ts';
import { readInfusionOrder } from './care/infusion-order.ts';
import type { Database, Query } from './database.ts';
import { tendAlerts } from './escalation/tend-alerts.ts';
import { notFound, problem } from './problem.ts';
import type { SignedIn } from './sessions/sessions.ts';

/** What a person does to an alert, in the words of the alert_action table. */
export type Answer = {
  action: 'accept' | 'decline' | 'hand-over' | 'note' | 'feedback' | 'seen' | 'undo' | 'call' | 'extend' | 'close';
  /** The step of the responsibility, perhaps depending on how it stands; null where only something is written down. */
  input: AlertInput | null | ((state: AlertState) => AlertInput | null);
  note?: string | undefined;
  needed?: boolean | undefined;
  /** Its owner's last word. */
  outcome?: string;
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
    await makeSureOfAudience(query, signedIn, id);
    if (!(await recordAnswer(query, actorOf(signedIn), id, answer))) return false;
    // Last of all: the feed's number is taken in the order of the commits.
    await query('feed_append', [[id]]);
    return true;
  });
  if (changed) deps.feedChanged();
}

/** @throws 403 where this role doesn't answer alerts of this audience (schemas/rules/permitted-answers.ts) */
async function makeSureOfAudience(query: Query, { user }: SignedIn, id: string): Promise<void> {
  const [row] = await query<{ audience: Audience }>('alert_audience', [id]);
  if (row && !answeringRoles[row.audience].includes(user.role)) {
    throw problem(403, `the role ${user.role} does not answer alerts for ${row.audience}`);
  }
}

/**
 * The same inside the caller's transaction, which appends the alert to the feed as its last statement. Whom it asks for
 * next, or whom it spares, is part of it.
 * @returns whether something changed
 */
export async function recordAnswer(query: Query, by: Actor, id: string, answer: Answer): Promise<boolean> {
  const [row] = await query<AlertRow>('alert_lock', [id]);
  if (!row) throw notFound(`alert ${id}`);
  // Of somebody who was asked it counts though another has seen it before.
  if (answer.action === 'seen') await query('alert_receipt_seen', [id, by.id]);
  const state = stateOf(row);
  const input = typeof answer.input === 'function' ? answer.input(state) : answer.input;
  const decided = input === null ? { next: state, effects: [] } : await decide(query, state, input, row.now);
  if (decided === null) return false;
  const { needed = null, outcome = null } = answer;
  await query('alert_update', [id, ...valuesOf(decided.next, row), needed, outcome, answer.action]);
  const said = [answer.note ?? null, JSON.stringify({ ...detailOf(answer), ...feedbackOf(answer) })];
  await query('alert_action_insert', [id, by.id, answer.action, ...said]);
  await writeAudit(query, by, `alert.${answer.action}`, id, { ...feedbackOf(answer) });
  if (input !== null) await tendAlerts(query, [id], decided);
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

type Decided = { next: AlertState; effects: AlertEffect[] };

/** @returns null where nothing changes, such as accepting what one has already */
async function decide(query: Query, state: AlertState, input: AlertInput, now: number): Promise<Decided | null> {
  const outcome = nextAlert(state, input, now);
  if (outcome.ok) return outcome.changed ? outcome : null;
  if (outcome.reason !== 'accepted-by-other') throw problem(409, outcome.detail);
  const [owner] = await query<{ id: string; name: string }>('user_by_id', [outcome.owner]);
  const named = owner ? { id: owner.id, name: owner.name } : null;
  throw problem(409, `${named?.name ?? 'somebody else'} has it already`, {
    title: 'Accepted by another',
    owner: named,
  });
}

/** responsibility, owner, accepted_until, accepted_at, seen_at, offered_to */
function valuesOf(next: AlertState, before: AlertRow): readonly unknown[] {
  const { responsibility, owner, acceptedUntil, offeredTo } = columnsOf(next);
  // Taken back at once: it was never accepted.
  const isTakenBack = responsibility === 'unassigned';
  const since =
    next.responsibility.at === 'accepted' ? (before.acceptedAt ?? next.responsibility.since) : before.acceptedAt;
  return [responsibility, owner, acceptedUntil, isTakenBack ? null : since, next.seenAt, offeredTo];
}
