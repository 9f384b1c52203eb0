import { memo, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useSearchParams } from 'wouter';
import { undoAcceptMs } from '#schemas/rules/alert.ts';
import { PriorityMark } from '../../components/priority-mark.tsx';
import { useAloneInPage, useKeys } from '../../services.tsx';
import type { BoardAlert } from '../../store.ts';
import { AlertCard } from './alert-card.tsx';
import { AlertLine } from './alert-line.tsx';
import type { AlertGroup } from './alert-order.ts';
import styles from './alerts-page.module.css';
import { type Row, rowsOf } from './held-rows.ts';
import { useSeen } from './seen.ts';
import { useHeldRows } from './use-held-rows.ts';

type BoardProps = {
  groups: readonly AlertGroup[];
  label: string;
  /** Whether j, k, a and Enter work on this list. */
  keys?: boolean;
};

/** The list: one card open, the rest one line each; it stays as it is under a hand. */
export function Board({ groups, label, keys = true }: BoardProps) {
  const [params, setParams] = useSearchParams();
  const asked = params.get('alert');
  const fresh = useMemo(() => rowsOf(groups), [groups]);
  const held = useHeldRows(fresh);
  const lookUp = useLastKnown(groups);
  const [opened, setOpened] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [choice, setChoice] = useState<string | null>(null);
  const seen = useSeen();

  /** What a hand opened or folded; else what a link asked for, and high alerts that nobody has. */
  const isOpen = (row: Row): boolean => {
    const byHand = opened.get(row.key);
    if (byHand !== undefined) return byHand;
    if (asked === null) return row.opens;
    return row.ids.includes(asked) || (row.opens && lookUp(row.ids[0] ?? '')?.alert.priority === 'high');
  };

  const toggle = (row: Row) => {
    const opens = !isOpen(row);
    setChoice(row.key);
    setOpened((before) => {
      // One that was opened by hand closes the one that was opened by hand before.
      const kept = [...before].filter(([, open]) => !opens || !open);
      return new Map([...kept, [row.key, opens] as const]);
    });
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        if (opens && row.ids[0] !== undefined) next.set('alert', row.ids[0]);
        else next.delete('alert');
        return next;
      },
      { replace: true },
    );
    if (!opens) return;
    for (const id of row.ids) {
      const known = lookUp(id);
      if (known !== null && !known.gone) void seen(known.alert);
    }
  };
  const newest = useRef(toggle);
  useEffect(() => {
    newest.current = toggle;
  });
  const onToggle = useCallback((row: Row) => newest.current(row), []);
  const { hold, justMoved } = held;
  /** What was accepted stays where it is as long as it can be taken back. */
  const onAccepted = useCallback(
    (row: Row) => {
      hold(undoAcceptMs + 500);
      setOpened((before) => new Map([...before, [row.key, true] as const]));
    },
    [hold],
  );

  useKeys((key) => {
    if (!keys) return;
    const at = held.shown.findIndex((row) => row.key === choice);
    if (key === 'j') setChoice(held.shown[Math.min(at + 1, held.shown.length - 1)]?.key ?? null);
    if (key === 'k') setChoice(held.shown[Math.max(at - 1, 0)]?.key ?? null);
    const chosen = held.shown[at];
    if (chosen === undefined) return;
    if (key === 'Enter' && (document.activeElement === document.body || document.activeElement === null))
      toggle(chosen);
    if (key === 'a' && chosen.ids[0] !== undefined) press(chosen.ids[0]);
  });

  return (
    <>
      <Waiting alerts={held.waiting.flatMap((id) => lookUp(id)?.alert ?? [])} />
      <ul className={styles.board} aria-label={label} {...held.touch}>
        {held.shown.map((row) => {
          const known = row.ids.flatMap((id) => lookUp(id) ?? []);
          if (known.length === 0) return null;
          return (
            <BoardRow
              key={row.key}
              row={row}
              alerts={known.map(({ alert }) => alert)}
              gone={known.every(({ gone }) => gone)}
              open={isOpen(row)}
              chosen={row.key === choice}
              onToggle={onToggle}
              onAccepted={onAccepted}
              justMoved={justMoved}
            />
          );
        })}
      </ul>
    </>
  );
}

type RowProps = {
  row: Row;
  alerts: readonly BoardAlert[];
  /** Nothing of it is on the board any more; it stands until the hand leaves. */
  gone: boolean;
  open: boolean;
  chosen: boolean;
  onToggle: (row: Row) => void;
  onAccepted: (row: Row) => void;
  justMoved: () => boolean;
};

/** Drawn anew only when one of its own alerts changed: two hundred rows change ten times a second without stutter. */
const BoardRow = memo(
  function BoardRow({ row, alerts, gone, open, chosen, onToggle, onAccepted, justMoved }: RowProps) {
    const [lead, ...rest] = alerts;
    if (lead === undefined) return null;
    const group = { key: row.key, lead, rest };
    const toggle = () => onToggle(row);
    return (
      <li className={styles.row} data-open={open}>
        {open ? (
          <AlertCard
            group={group}
            chosen={chosen}
            gone={gone}
            onToggle={toggle}
            onAccepted={() => onAccepted(row)}
            justMoved={justMoved}
          />
        ) : (
          <AlertLine group={group} chosen={chosen} gone={gone} onToggle={toggle} />
        )}
      </li>
    );
  },
  (a, b) =>
    a.row === b.row &&
    a.open === b.open &&
    a.chosen === b.chosen &&
    a.gone === b.gone &&
    a.alerts.length === b.alerts.length &&
    a.alerts.every((alert, i) => alert === b.alerts[i]),
);

type Known = { alert: BoardAlert; gone: boolean };
const mostRemembered = 400;

/** Alerts by id; one that left the board is remembered, since its row may still stand under a hand. */
function useLastKnown(groups: readonly AlertGroup[]): (id: string) => Known | null {
  const known = useRef<ReadonlyMap<string, Known>>(new Map());
  return useMemo(() => {
    const next = new Map<string, Known>();
    for (const [id, { alert }] of [...known.current].slice(-mostRemembered)) next.set(id, { alert, gone: true });
    for (const alert of groups.flatMap(({ lead, rest }) => [lead, ...rest])) next.set(alert.id, { alert, gone: false });
    known.current = next;
    return (id) => next.get(id) ?? null;
  }, [groups]);
}

/** The chosen card's own button, so that the key does what a press does; a folded line is opened first. */
function press(id: string): void {
  const button = document.querySelector<HTMLButtonElement>(`[data-accept="${CSS.escape(id)}"]`);
  const line = document.querySelector<HTMLButtonElement>(`button[data-alert="${CSS.escape(id)}"]`);
  (button ?? line)?.click();
}

/** New alerts that wait until the list is no longer touched: named at once, above everything, moving nothing. */
function Waiting({ alerts }: { alerts: readonly BoardAlert[] }) {
  const [first, ...more] = alerts;
  return first === undefined ? null : <WaitingLine first={first} more={more.length} />;
}

function WaitingLine({ first, more }: { first: BoardAlert; more: number }) {
  // Who looks reads it here: named is painted, the row only comes to its place.
  useAloneInPage(first);
  return (
    <p className={styles.waiting} role="status">
      <PriorityMark priority={first.priority} /> <strong>{first.message}</strong> {first.pump}
      {more > 0 && ` and ${more} more`} · new, joins the list in a moment
    </p>
  );
}
