import { useCallback, useEffect, useRef, useState } from 'react';

/** After an insert nothing moves for this long, and after a touch neither. */
export const holdMs = 1_000;

export type HeldOrder = {
  /** Keys in the order in which they are drawn. */
  shown: readonly string[];
  /** Keys that wait for the hand to leave. */
  waiting: readonly string[];
  /** To be put on the list: any of these counts as a touch. */
  touch: { onPointerDown: () => void; onPointerMove: () => void; onPointerUp: () => void; onPointerCancel: () => void };
};

/**
 * Keeps a list from moving under a hand: while it is touched, and for a second after an insert, its order stays. What is
 * new waits and is named apart.
 */
export function useHeldOrder(fresh: readonly string[]): HeldOrder {
  const [shown, setShown] = useState(fresh);
  const [held, setHeld] = useState(false);
  const pressed = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const quietUntil = useRef(0);
  const key = JSON.stringify(fresh);

  const release = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      if (!pressed.current) setHeld(false);
    }, holdMs);
  }, []);
  const touched = useCallback(() => {
    setHeld(true);
    release();
  }, [release]);
  useEffect(() => () => clearTimeout(timer.current), []);

  useEffect(() => {
    if (held) return;
    const next: string[] = JSON.parse(key);
    const show = () =>
      setShown((before) => {
        if (JSON.stringify(before) === key) return before;
        if (next.some((id) => !before.includes(id)) && before.length > 0)
          quietUntil.current = performance.now() + holdMs;
        return next;
      });
    const wait = quietUntil.current - performance.now();
    if (wait <= 0) return show();
    const later = setTimeout(show, wait);
    return () => clearTimeout(later);
  }, [key, held]);

  return {
    shown,
    waiting: fresh.filter((id) => !shown.includes(id)),
    touch: {
      onPointerDown: () => {
        pressed.current = true;
        touched();
      },
      onPointerMove: touched,
      onPointerUp: () => {
        pressed.current = false;
        release();
      },
      onPointerCancel: () => {
        pressed.current = false;
        release();
      },
    },
  };
}
