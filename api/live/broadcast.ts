import type { ServerFrame } from '#schemas/http/live-frames.ts';
import type { Role } from '#schemas/http/shapes.ts';
import type { Screen } from './screen.ts';

export type Reached = {
  screens: number;
  /** What the last of them was sent, in characters: close to its bytes. */
  bytes: number;
};

/** Sends every screen that follows the feed the same, serialised once. */
export function broadcast(screens: Iterable<Screen>, frame: ServerFrame): void {
  const text = JSON.stringify(frame);
  broadcastText(screens, () => text);
}

/**
 * Sends every screen that follows the feed what its role may read.
 * @param textFor must be quick: it is asked once per screen
 */
export function broadcastText(screens: Iterable<Screen>, textFor: (role: Role) => string): Reached {
  const reached: Reached = { screens: 0, bytes: 0 };
  for (const screen of screens) {
    if (!screen.following) continue;
    const text = textFor(screen.signedIn.user.role);
    screen.sendText(text);
    reached.screens += 1;
    reached.bytes = text.length;
  }
  return reached;
}
