import type * as z from 'zod';
import type { HandOver, handOverCreate, handOverDetail, signRequest } from '#schemas/http/hand-over.ts';
import { recordAnswer } from '../alert-answers.ts';
import { type Actor, writeAudit } from '../audit/write.ts';
import { refuse } from '../calls/calls.ts';
import { answererOf } from '../calls/people.ts';
import type { Query } from '../database.ts';
import { notFound, problem } from '../problem.ts';
import { readHandOverPage } from './page.ts';

type Person = Actor & { id: string };
export type HandOverDetail = z.infer<typeof handOverDetail>;

const longestShiftMs = 48 * 3_600_000;

/** @throws 404 */
export async function readHandOver(query: Query, id: string): Promise<HandOverDetail> {
  const [row] = await query<HandOverDetail>('hand_over_one', [id]);
  if (!row) throw notFound(`hand-over ${id}`);
  return row;
}

/**
 * The outgoing person offers their shift. Nothing changes hands yet; one that waited is withdrawn.
 * @returns its id
 * @throws 422 for somebody who can't take it, or times that make no shift
 */
export async function offerHandOver(
  query: Query,
  { to, shiftFrom, shiftTo, note }: z.infer<typeof handOverCreate>,
  by: Person,
  now: number,
): Promise<string> {
  if (to === by.id) throw refuse('to', 'somebody else');
  await answererOf(query, to, 'to');
  const [from, until] = [Date.parse(shiftFrom), Date.parse(shiftTo)];
  if (from > now || now - from > longestShiftMs) throw refuse('shiftFrom', 'a time within the last 48 h');
  if (until <= now || until - now > longestShiftMs) throw refuse('shiftTo', 'a time within the next 48 h');
  for (const { id } of await query<{ id: string }>('hand_over_withdraw', [by.id, null])) {
    await writeAudit(query, by, 'hand-over.withdraw', id, { replaced: true });
  }
  const [made] = await query<{ id: string }>('hand_over_insert', [by.id, to, shiftFrom, shiftTo, note]);
  if (!made) throw new Error('the hand-over was not inserted');
  await writeAudit(query, by, 'hand-over.offer', made.id, { to, shiftFrom, shiftTo });
  return made.id;
}

/** @throws 404; 403 for somebody else's; 409 where it does not wait */
export async function withdrawHandOver(query: Query, id: string, by: Person): Promise<void> {
  const found = await lock(query, id);
  if (found.from.id !== by.id) throw problem(403, `only ${found.from.name} can withdraw it`);
  await query('hand_over_withdraw', [by.id, id]);
  await writeAudit(query, by, 'hand-over.withdraw', id);
}

/**
 * The incoming person signs: the outgoing one's accepted alerts and open follow-ups are theirs from now on, and the page is
 * kept as it was. Signing is the acceptance of each, so nobody becomes responsible for what they did not see.
 * @returns the alerts that changed: the caller's transaction appends them to the feed as its last statement
 * @throws 404; 403 for anybody else; 409 where it does not wait, or more would be taken than was seen
 */
export async function signHandOver(
  query: Query,
  id: string,
  seen: z.infer<typeof signRequest>,
  by: Person,
  now: number,
): Promise<string[]> {
  const { from, to, shiftFrom, shiftTo } = await lock(query, id);
  if (to.id !== by.id) throw problem(403, `it waits for ${to.name}`);
  const alerts = await owned(query, 'alerts_owned', from.id);
  const followUps = await owned(query, 'follow_ups_owned', from.id);
  const unseen = [unseenOf(alerts, seen.alerts, 'alert'), unseenOf(followUps, seen.followUps, 'follow-up')].filter(
    Boolean,
  );
  if (unseen.length > 0) {
    throw problem(
      409,
      `${from.name} has taken ${unseen.join(' and ')} since you read the page: read it again, then sign`,
    );
  }
  const page = await readHandOverPage(query, { from: shiftFrom, until: shiftTo }, now);
  const note = `shift handed over to ${to.name}`;
  for (const alert of alerts) {
    const given = { kind: 'hand-over', by: from.id, to: to.id } as const;
    await recordAnswer(query, from, alert, { action: 'hand-over', input: given, note, offeredTo: to });
    const taken = { kind: 'accept', by: to.id } as const;
    await recordAnswer(query, by, alert, {
      action: 'accept',
      input: taken,
      note: `shift taken over from ${from.name}`,
    });
  }
  await query('follow_ups_take', [followUps, to.id, from.id]);
  await query('hand_over_sign', [id, JSON.stringify(page), JSON.stringify({ alerts, followUps })]);
  await writeAudit(query, by, 'hand-over.sign', id, { from: from.id, alerts, followUps });
  return alerts;
}

async function owned(query: Query, name: 'alerts_owned' | 'follow_ups_owned', user: string): Promise<string[]> {
  return (await query<{ id: string }>(name, [user])).map(({ id }) => id);
}

function unseenOf(taken: readonly string[], seen: readonly string[], what: string): string {
  const count = taken.filter((id) => !seen.includes(id)).length;
  return count === 0 ? '' : `${count} more ${what}${count === 1 ? '' : 's'}`;
}

async function lock(query: Query, id: string): Promise<HandOver> {
  await query('hand_over_lock', [id]);
  const found = await readHandOver(query, id);
  if (found.state !== 'waiting') throw problem(409, `this hand-over is ${found.state}`);
  return found;
}
