import type { Logger } from 'pino';
import { idleAfterMs } from '#schemas/http/live-times.ts';
import { may } from '#schemas/http/permissions.ts';
import type { Database } from '../database.ts';
import type { SignedIn } from '../sessions/sessions.ts';
import type { AlertBoard } from './alert-board.ts';
import type { Receipts } from './receipts.ts';
import type { Screen } from './screen.ts';

type GestureDeps = {
  db: Database;
  alerts: AlertBoard;
  receipts: Receipts;
  now: () => number;
  log: Logger;
  seen(signedIn: SignedIn, alertId: string): Promise<void>;
};

/** What screens say of themselves: that a change was painted, and that a person saw it. */
export function createGestures({ db, alerts, receipts, now, log, seen: recordSeen }: GestureDeps) {
  /** A visible screen painted this change, or the snapshot that ended at it. Wall displays never count. */
  function rendered(screen: Screen, seq: number): void {
    if (screen.signedIn.user.role === 'display') return;
    const at = now();
    screen.lastReceiptAt = at;
    const changed = alerts.alertAt(seq);
    const ids = new Set(screen.snapshot?.head === seq ? screen.snapshot.alerts : []);
    if (changed !== null) ids.add(changed);
    for (const id of ids) {
      noteAsked(screen, id, at);
      if (alerts.get(id)?.hops.renderedAt !== null) continue;
      receipts.note('rendered', id, at);
      alerts.stamp(id, 'renderedAt', new Date(at).toISOString());
    }
  }

  /** Painted for somebody who was asked, on a window that they touched lately: the next channel is spared. */
  function noteAsked(screen: Screen, id: string, at: number): void {
    const offer = alerts.get(id)?.offer;
    const user = screen.signedIn.user.id;
    if (!offer?.to.some((person) => person.id === user) || isIdle(screen, at)) return;
    receipts.noteAsked({ alert_id: id, cycle: offer.cycle, step: offer.step, user_id: user, at });
  }

  function seen(screen: Screen, seq: number): void {
    const { signedIn } = screen;
    if (!may(signedIn.user.role, 'alert.respond')) {
      screen.send({ type: 'error', message: `the role ${signedIn.user.role} does not answer alerts` });
      return;
    }
    screen.lastReceiptAt = now();
    screen.lastHumanAt = now();
    void findAlert(seq)
      .then((id) => (id === null ? undefined : recordSeen(signedIn, id)))
      .catch((error: unknown) => {
        log.warn({ err: error }, 'a gesture on an alert could not be recorded');
        screen.send({ type: 'error', message: 'seen could not be recorded' });
      });
  }

  async function findAlert(seq: number): Promise<string | null> {
    const remembered = alerts.alertAt(seq);
    if (remembered !== null) return remembered;
    const [row] = await db.query<{ id: string }>('feed_alert_of', [seq]);
    return row?.id ?? null;
  }

  return { rendered, seen };
}

/** Nobody touched it for a quarter of an hour. Of one that never says, opening it counts. */
export const isIdle = ({ lastHumanAt, since }: Pick<Screen, 'lastHumanAt' | 'since'>, at: number): boolean =>
  at - (lastHumanAt ?? since) > idleAfterMs;
