import { useState } from 'react';
import { useSearchParams } from 'wouter';
import { PriorityMark } from '../../components/priority-mark.tsx';
import { Empty, Loading } from '../../components/states.tsx';
import { useBoard, useKeys, useNow, useSituation } from '../../services.tsx';
import type { BoardAlert } from '../../store.ts';
import { count, plural, shortAge } from '../../words.ts';
import { AlertCard, AlertLine } from './alert-card.tsx';
import { type AlertGroup, groupAlerts, matches } from './alert-order.ts';
import styles from './alerts-page.module.css';
import { EndedUnseen } from './ended-unseen.tsx';
import { useHeldOrder } from './held-order.ts';
import { useSeen } from './seen.ts';

/** Home of the person on call: what needs somebody, who has what. */
export function AlertsPage() {
  const board = useBoard();
  const loaded = useSituation((situation) => situation.loaded || situation.feedEpoch !== null);
  const [params, setParams] = useSearchParams();
  const words = params.get('q') ?? '';
  const active = board.filter((alert) => alert.condition === 'active');
  const found = words === '' ? active : active.filter((alert) => matches(alert, words));
  const ended = board.filter((alert) => alert.condition === 'ended');

  function search(text: string): void {
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        if (text === '') next.delete('q');
        else next.set('q', text);
        return next;
      },
      { replace: true },
    );
  }

  return (
    <>
      <header className={styles.header}>
        <h1>Alerts</h1>
        {active.length > 0 && (
          <input
            type="search"
            value={words}
            placeholder="Search (/)"
            aria-label="Search alerts"
            onChange={(event) => search(event.target.value)}
          />
        )}
      </header>
      {!loaded && <Loading what="alerts" />}
      {loaded && found.length > 0 && <Board groups={groupAlerts(found)} />}
      {loaded && found.length === 0 && words !== '' && (
        <Empty title="No alert matches">
          <button type="button" onClick={() => search('')}>
            Show all {count(active.length)}
          </button>
        </Empty>
      )}
      {loaded && active.length === 0 && <Nobody />}
      {ended.length > 0 && <EndedUnseen alerts={ended} />}
    </>
  );
}

function Board({ groups }: { groups: AlertGroup[] }) {
  const [params, setParams] = useSearchParams();
  const open = params.get('open');
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [choice, setChoice] = useState<string | null>(null);
  const byKey = new Map(groups.map((group) => [group.key, group]));
  const held = useHeldOrder(groups.map((group) => group.key));
  const seen = useSeen();
  const rows = held.shown.flatMap((key) => byKey.get(key) ?? []);
  const waiting = held.waiting.flatMap((key) => byKey.get(key) ?? []);

  const holdsOpen = (group: AlertGroup) => [group.lead, ...group.rest].some((alert) => alert.id === open);
  const isOpen = (group: AlertGroup) => holdsOpen(group) || (group.lead.priority === 'high' && !folded.has(group.key));

  function toggle(group: AlertGroup): void {
    const opens = !isOpen(group);
    setChoice(group.key);
    setFolded((before) => {
      const next = new Set(before);
      if (opens) next.delete(group.key);
      else next.add(group.key);
      return next;
    });
    setParams(opens ? { open: group.lead.id } : {}, { replace: true });
    if (opens) for (const alert of [group.lead, ...group.rest]) void seen(alert);
  }

  useKeys((key) => {
    const at = rows.findIndex((group) => group.key === choice);
    if (key === 'j') setChoice(rows[Math.min(at + 1, rows.length - 1)]?.key ?? null);
    if (key === 'k') setChoice(rows[Math.max(at - 1, 0)]?.key ?? null);
    const chosen = rows[at];
    if (chosen === undefined) return;
    if (key === 'Enter' && (document.activeElement === document.body || document.activeElement === null))
      toggle(chosen);
    if (key === 'a') accept(chosen.lead);
  });

  return (
    <>
      <Waiting groups={waiting} />
      <ul className={styles.board} {...held.touch}>
        {rows.map((group) => {
          const shown = { group, chosen: group.key === choice, onToggle: () => toggle(group) };
          return (
            <li key={group.key} className={styles.row}>
              {isOpen(group) ? <AlertCard {...shown} /> : <AlertLine {...shown} />}
            </li>
          );
        })}
      </ul>
    </>
  );
}

/** The chosen card's own button, so that the key does what a press does; a folded line is opened first. */
function accept(alert: BoardAlert): void {
  const button = document.querySelector<HTMLButtonElement>(`[data-accept="${CSS.escape(alert.id)}"]`);
  const line = document.querySelector<HTMLButtonElement>(`button[data-alert="${CSS.escape(alert.id)}"]`);
  (button ?? line)?.click();
}

/** New alerts that wait until the list is no longer touched: named at once, above everything, moving nothing. */
function Waiting({ groups }: { groups: readonly AlertGroup[] }) {
  const first = groups[0];
  if (first === undefined) return null;
  return (
    <p className={styles.waiting}>
      <PriorityMark priority={first.lead.priority} /> <strong>{first.lead.message}</strong> {first.lead.pump}
      {groups.length > 1 && ` and ${groups.length - 1} more`} · new, joins the list in a moment
    </p>
  );
}

/** Only a trusted screen may say that nobody is needed. */
function Nobody() {
  const watch = useSituation((situation) => situation.watch);
  const tick = useSituation((situation) => situation.tick);
  const now = useNow();
  if (watch.at === 'watching' && tick !== null && tick.db.up && tick.pathAgeMs !== null && now !== null) {
    const age = tick.pathAgeMs + Math.max(0, now - tick.at);
    return (
      <Empty title="Nobody needs you.">
        <p>
          {plural(tick.fleet.pumps, 'pump')} watched, last record {shortAge(age)} ago.
        </p>
        {tick.fleet.silent > 0 && <p>{plural(tick.fleet.silent, 'pump')} silent: see Pumps.</p>}
      </Empty>
    );
  }
  return (
    <Empty title="No alert is known, but this is not an all-clear.">
      <p>{watch.at === 'connecting' ? 'Waiting for the first trusted record.' : 'The screen can’t be trusted now.'}</p>
    </Empty>
  );
}
