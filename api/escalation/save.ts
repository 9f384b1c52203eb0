import type { NotificationPayload } from '#schemas/http/notification.ts';
import type { Due } from '#schemas/rules/escalation.ts';
import { columnsOf } from '../alert-state.ts';
import type { Query } from '../database.ts';
import type { Book } from './book.ts';
import type { Case } from './cases.ts';

/** Writes down what was decided, in the transaction that read it. The feed is the caller's, as its last statement. */
export async function saveCases(query: Query, cases: readonly Case[], book: Book): Promise<void> {
  const write = async (name: string, rows: readonly object[]) => {
    if (rows.length > 0) await query(name, [JSON.stringify(rows)]);
  };
  await write('escalation_alerts_update', cases.filter(changesAlert).map(alertRow));
  await write('escalation_save', cases.map(stateRow));
  await write('escalation_steps_change', cases.flatMap(changedStep));
  await write('escalation_steps_insert', cases.flatMap(newSteps));
  const over = cases.filter(({ before, tended }) => before.due?.kind === 'offer' && tended.state.due?.kind !== 'offer');
  const renewed = cases.filter(({ before, tended }) => before.due?.kind === 'lapse' && tended.done.length === 0);
  if (over.length + renewed.length > 0)
    await query('escalation_hush', [[...over, ...renewed].map(({ row }) => row.id)]);
  await write('escalation_tell', cases.flatMap(tellings));
  const did = cases.flatMap((one) => actions(one, book));
  await write('escalation_actions', did);
}

/** Whether screens have to be told of it. */
export function changesDocument(one: Case): boolean {
  const { before, tended } = one;
  const nextStep = (due: Due | null) => (due?.kind === 'offer' ? due.at : null);
  return (
    tended.done.length > 0 ||
    changesAlert(one) ||
    nextStep(before.due) !== nextStep(tended.state.due) ||
    before.held?.until !== tended.state.held?.until
  );
}

function changesAlert({ row, tended }: Case): boolean {
  const next = columnsOf(tended.alert);
  return (
    next.responsibility !== row.responsibility ||
    next.offeredTo !== row.offeredTo ||
    (next.owner ?? null) !== row.owner ||
    next.acceptedUntil !== row.acceptedUntil
  );
}

function alertRow({ row, tended }: Case): object {
  const { responsibility, owner, offeredTo, acceptedUntil } = columnsOf(tended.alert);
  return { alert_id: row.id, responsibility, owner, offered_to: offeredTo, accepted_until: acceptedUntil };
}

function stateRow({ row, tended: { state } }: Case): object {
  const { cycle, step, times, offeredAt, offeredTo, declinedBy, channel, held } = state;
  return {
    ...{ alert_id: row.id, cycle, step, times },
    offered_at: step > 0 ? offeredAt : null,
    offered_to: offeredTo,
    declined_by: declinedBy,
    channel_stage: channel?.stage ?? null,
    channel_at: channel?.at ?? null,
    held_until: held?.until ?? null,
    held_by: held?.by ?? null,
  };
}

/** Of the row that was due: carried out, moved, or not to be. */
function changedStep({ row, before, tended: { state, done } }: Case): object[] {
  if (row.due === null) return [];
  const { id, kind, step, at, early } = row.due;
  const carriedOut = done.find(({ due }) => due.kind === kind && due.step === step);
  if (carriedOut && before.cycle === state.cycle) {
    return [{ id, state: 'done', due_at: carriedOut.due.at, early: carriedOut.due.early, asked: carriedOut.to }];
  }
  const { due } = state;
  if (!isStill(row, before.cycle, state.cycle, due)) return [{ id, state: 'cancelled', due_at: at, early, asked: [] }];
  if (due.at === at && due.early === early) return [];
  return [{ id, state: 'due', due_at: due.at, early: due.early, asked: [] }];
}

function isStill({ due: was }: Case['row'], cycleBefore: number, cycle: number, due: Due | null): due is Due {
  return was !== null && due !== null && cycleBefore === cycle && was.kind === due.kind && was.step === due.step;
}

function newSteps({ row, before, tended: { state, done } }: Case): object[] {
  const { cycle } = state;
  const line = ({ kind, step, at, early }: Due, rest: object) => ({
    ...{ alert_id: row.id, cycle, kind, step, early },
    due_at: at,
    ...rest,
  });
  const wasDue = (due: Due) => isStill(row, before.cycle, cycle, due);
  const carriedOut = done
    .filter(({ due }) => !wasDue(due))
    .map(({ due, to }) => line(due, { state: 'done', asked: to }));
  const { due } = state;
  const goesOn =
    due !== null && wasDue(due) && !done.some(({ due: one }) => one.kind === due.kind && one.step === due.step);
  return due === null || goesOn ? carriedOut : [...carriedOut, line(due, { state: 'due', asked: [] })];
}

/** One key for each (alert, cycle, step, channel, person): however often it is decided, it is told once. */
function tellings({ row, tended }: Case): object[] {
  const { id, audience, priority, type } = row;
  const { cycle } = tended.state;
  const lapsed = tended.done.find(({ due }) => due.kind === 'lapse')?.due.at;
  return tended.tell.map(({ purpose, step, channel, to }) => {
    const kind = purpose === 'alert' && audience !== 'clinical' ? 'platform' : purpose;
    const payload: NotificationPayload = { kind, priority, type, alert: id, count: 1 };
    // An owner may let it lapse twice at one step: what lapsed is part of the name.
    const name = purpose === 'alert' ? 'alert' : `lapsed-${lapsed ?? ''}`;
    const key = [name, id, cycle, step, channel, to ?? 'all'].join(':');
    return { key, purpose: kind, alert_id: id, step, channel, user_id: to, payload };
  });
}

function actions({ row, tended: { state, done } }: Case, book: Book): object[] {
  const named = (id: string) => ({ id, name: book.people.get(id)?.name ?? 'somebody who left' });
  // Steps that found nobody and were over at once are not told one by one.
  return done
    .filter(({ due, to }, index) => to.length > 0 || due.kind === 'lapse' || index === done.length - 1)
    .map(({ due, to }) => ({
      alert_id: row.id,
      action: due.kind,
      detail: { cycle: state.cycle, step: due.step, to: to.map(named) },
    }));
}
