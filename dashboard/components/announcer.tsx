import { useEffect, useRef, useState } from 'react';
import { useBoard } from '../services.tsx';
import { needsSomebody } from '../sound/signal.ts';

/** Says new high alerts to a screen reader, once each. */
export function Announcer() {
  const board = useBoard();
  const said = useRef(new Set<string>());
  const [text, setText] = useState('');
  useEffect(() => {
    const here = new Set(board.map(({ id }) => id));
    for (const id of said.current) if (!here.has(id)) said.current.delete(id);
    const fresh = board.filter(
      (alert) => alert.priority === 'high' && needsSomebody(alert) && !said.current.has(alert.id),
    );
    if (fresh.length === 0) return;
    for (const alert of fresh) said.current.add(alert.id);
    setText(fresh.map((alert) => `High alert: ${alert.message}, ${alert.drug ?? ''} ${alert.pump ?? ''}`).join('. '));
  }, [board]);
  return (
    <div aria-live="assertive" className="visually-hidden">
      {text}
    </div>
  );
}
