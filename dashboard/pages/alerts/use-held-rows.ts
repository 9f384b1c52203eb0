import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { moved, type Row, sameRows, waitingIds } from './held-rows.ts';

/** After an insert nothing moves for this long, and after a touch neither. */
export const holdMs = 1_000;
/** A press this soon after the list moved was aimed at what stood there before. */
const aimMs = 350;

export type HeldRows = {
  shown: readonly Row[];
  /** Alerts that wait for the hand to leave. */
  waiting: readonly string[];
  /** Nothing moves for so long. */
  hold: (ms: number) => void;
  /** Whether the list moved so lately that a press may have been meant for something else. */
  justMoved: () => boolean;
  /** To be put on the list: any of these counts as a touch. */
  touch: { onPointerDown: () => void; onPointerMove: () => void };
};

/** A finger that was never lifted, as far as the page was told, holds the list no longer than this. */
const longestPressMs = 15_000;

/** Keeps a list from moving under a hand: while it is touched, and for a second after an insert, all of it stays. */
export function useHeldRows(fresh: readonly Row[]): HeldRows {
  const [shown, setShown] = useState(fresh);
  const heldUntil = useRef(0);
  const movedAt = useRef(Number.NEGATIVE_INFINITY);
  const newest = useRef(fresh);
  const drawn = useRef(fresh);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  const settle = useCallback(() => {
    clearTimeout(timer.current);
    const before = drawn.current;
    const next = newest.current;
    if (sameRows(before, next)) return;
    const now = performance.now();
    if (heldUntil.current > now && before.length > 0) {
      timer.current = setTimeout(settle, heldUntil.current - now);
      return;
    }
    if (before.length > 0 && waitingIds(before, next).length > 0) heldUntil.current = now + holdMs;
    if (moved(before, next)) movedAt.current = now;
    drawn.current = next;
    setShown(next);
  }, []);

  useEffect(() => {
    newest.current = fresh;
    settle();
  });
  useEffect(() => () => clearTimeout(timer.current), []);

  const hold = useCallback((ms: number) => {
    heldUntil.current = Math.max(heldUntil.current, performance.now() + ms);
  }, []);
  const lifted = useCallback(() => {
    heldUntil.current = performance.now() + holdMs;
    settle();
  }, [settle]);
  const pressed = useCallback(() => {
    hold(longestPressMs);
    // A finger may be lifted outside of the list.
    window.addEventListener('pointerup', lifted, { once: true });
    window.addEventListener('pointercancel', lifted, { once: true });
  }, [hold, lifted]);
  const touch = useMemo(() => ({ onPointerDown: pressed, onPointerMove: () => hold(holdMs) }), [pressed, hold]);
  const justMoved = useCallback(() => performance.now() - movedAt.current < aimMs, []);

  return { shown, waiting: waitingIds(shown, fresh), hold, justMoved, touch };
}
