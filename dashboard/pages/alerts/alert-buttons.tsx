import { type FormEvent, useEffect, useState } from 'react';
import { undoAcceptMs } from '#schemas/rules/alert.ts';
import { useMay, useServices } from '../../services.tsx';
import type { BoardAlert } from '../../store.ts';
import styles from './alert-card.module.css';
import { useAnswer } from './answer.ts';

/** [I have it] [Pass on] [Note], and taking an acceptance back for 5 s. */
export function AlertButtons({ alert, compact = false }: { alert: BoardAlert; compact?: boolean }) {
  const { session } = useServices();
  const mayAnswer = useMay('alert.answer');
  const { busy, problem, acceptedAt, answer } = useAnswer(alert.id);
  const [writing, setWriting] = useState<'note' | 'pass-on' | null>(null);
  const canUndo = useWithin(acceptedAt, undoAcceptMs);
  const taken = alert.responsibility === 'accepted';
  const mine = taken && alert.owner?.id === session.user.id;

  if (!mayAnswer) return null;

  async function write(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get('text')).trim();
    const reason = text === '' ? {} : { reason: text };
    const kind = writing === 'note' ? 'note' : mine ? 'hand-over' : 'decline';
    if (await answer(kind, writing === 'note' ? { text } : reason)) setWriting(null);
  }

  return (
    <div className={styles.answers} data-compact={compact}>
      <div className={styles.buttons}>
        {!taken && (
          <button
            type="button"
            data-kind="main"
            data-accept={alert.id}
            disabled={busy !== null}
            onClick={() => void answer('accept')}
            className={styles.accept}
            aria-label={compact ? `I have it: ${alert.message}` : undefined}
          >
            {busy === 'accept' ? 'Taking it…' : 'I have it'}
          </button>
        )}
        {mine && canUndo && (
          <button type="button" disabled={busy !== null} onClick={() => void answer('undo')}>
            Not mine – undo
          </button>
        )}
        {(!taken || mine) && (
          <button type="button" disabled={busy !== null} onClick={() => setWriting('pass-on')}>
            Pass on
          </button>
        )}
        {!compact && (
          <button type="button" disabled={busy !== null} onClick={() => setWriting('note')}>
            Note
          </button>
        )}
      </div>
      {writing !== null && (
        <form onSubmit={(event) => void write(event)} className={styles.write}>
          <label>
            {writing === 'note' ? 'Note for everybody' : 'Why you pass it on (may be empty)'}
            <input
              name="text"
              maxLength={writing === 'note' ? 2000 : 500}
              required={writing === 'note'}
              // biome-ignore lint/a11y/noAutofocus: opened by the person's own press, on this very field
              autoFocus
            />
          </label>
          <button type="submit" data-kind="main" disabled={busy !== null}>
            {writing === 'note' ? 'Save note' : 'Pass on: the next person is asked at once'}
          </button>
          <button type="button" onClick={() => setWriting(null)}>
            Cancel
          </button>
        </form>
      )}
      <div role="alert" className={styles.problem}>
        {problem}
      </div>
    </div>
  );
}

/** Whether less than `ms` passed since `at` (monotonic clock). */
function useWithin(at: number | null, ms: number): boolean {
  const [over, setOver] = useState(true);
  useEffect(() => {
    if (at === null) return setOver(true);
    setOver(false);
    const timer = setTimeout(() => setOver(true), Math.max(0, at + ms - performance.now()));
    return () => clearTimeout(timer);
  }, [at, ms]);
  return !over;
}
