import type { NotificationPayload, Purpose } from '#schemas/http/notification.ts';
import { may } from '#schemas/http/permissions.ts';
import type { Role } from '#schemas/http/shapes.ts';
import { recordAnswer } from '../alert-answers.ts';
import { writeAudit } from '../audit/write.ts';
import type { Database, Query } from '../database.ts';
import { notFound, problem } from '../problem.ts';

/** What an answer came through: a link opened by somebody signed in, a key in a call, a text message. */
export type AnswerBy = { via: 'link'; user: string } | { via: 'call' } | { via: 'sms' };

type DeliveryRow = {
  delivery: string;
  method: string | null;
  label: string | null;
  purpose: Purpose;
  alert: string | null;
  payload: NotificationPayload;
  userId: string;
  name: string;
  role: Role;
  over: boolean;
};

export type Answered = {
  method: string | null;
  label: string | null;
  answeredAt: string;
  payload: NotificationPayload;
};

/**
 * A person answered: the method reaches them, and of an alert it is "seen by" that person. It is never an acceptance
 * (docs/decisions): who picks up a telephone was not asked for a password and was told nothing of the patient.
 * @throws 404 where there is no such delivery or it is another person's; 409 where it was sent too long ago
 */
export async function answerDelivery(
  { db, feedChanged }: { db: Database; feedChanged: () => void },
  delivery: string,
  by: AnswerBy,
): Promise<Answered> {
  const { row, answeredAt, seen } = await db.transaction(async (query) => {
    const [found] = await query<DeliveryRow>('delivery_lock', [delivery]);
    if (!found || (by.via === 'link' && by.user !== found.userId)) throw notFound(`message ${delivery}`);
    if (found.over) throw problem(409, 'this message is more than 12 hours old; ask for a new test');
    const [answered] = await query<{ answeredAt: string }>('delivery_answered', [delivery]);
    const detail = { via: by.via, purpose: found.purpose, ...(found.alert === null ? {} : { alert: found.alert }) };
    const actor = { id: found.userId, name: found.name };
    await writeAudit(query, actor, 'contact-method.answer', found.method ?? delivery, detail);
    const isSeen = await recordSeen(query, found);
    // Last of all: the feed's number is taken in the order of the commits.
    if (isSeen) await query('feed_append', [[found.alert]]);
    return { row: found, answeredAt: answered?.answeredAt ?? '', seen: isSeen };
  });
  if (seen) feedChanged();
  return { method: row.method, label: row.label, answeredAt, payload: row.payload };
}

/** @returns whether the alert was not seen before */
async function recordSeen(query: Query, { purpose, alert, role, userId, name }: DeliveryRow): Promise<boolean> {
  const isAlert = purpose === 'alert' || purpose === 'owner-lapsed';
  if (!isAlert || alert === null || !may(role, 'alert.answer')) return false;
  const input = { kind: 'seen', by: userId } as const;
  return recordAnswer(query, { id: userId, name }, alert, { action: 'seen', input });
}

/** What stands behind a delivery, for a call that goes on. */
export async function payloadOf(db: Database, delivery: string): Promise<NotificationPayload | null> {
  const [row] = await db.query<DeliveryRow>('delivery_lock', [delivery]);
  return row === undefined || row.over ? null : row.payload;
}
