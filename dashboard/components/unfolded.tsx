import { type ReactNode, useEffect, useRef } from 'react';

/** A form that a press unfolds in place of its button: who opened it by keys is in its first field. */
export function Unfolded({ children }: { children: ReactNode }) {
  const inside = useRef<HTMLDivElement>(null);
  useEffect(() => inside.current?.querySelector<HTMLElement>('select, input, textarea')?.focus(), []);
  return <div ref={inside}>{children}</div>;
}

/**
 * Gives the focus back to the button that unfolded a form once the form is folded again: the button was not there meanwhile.
 *
 * @param open which form is open, or null
 * @returns what is to be the `ref` of the button that opens it
 */
export function useFocusBack<Name extends string>(
  open: Name | null,
): (name: Name) => (button: HTMLElement | null) => void {
  const buttons = useRef(new Map<Name, HTMLElement>());
  const before = useRef(open);
  useEffect(() => {
    if (open === null && before.current !== null) buttons.current.get(before.current)?.focus();
    before.current = open;
  }, [open]);
  return (name) => (button) => {
    if (button === null) buttons.current.delete(name);
    else buttons.current.set(name, button);
  };
}
