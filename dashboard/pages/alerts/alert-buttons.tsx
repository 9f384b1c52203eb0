import { type MouseEvent, type ReactNode, useEffect, useState } from 'react';
import { undoAcceptMs } from '#schemas/rules/alert.ts';
import { answersFor } from '#schemas/rules/permitted-answers.ts';
import { useServices } from '../../services.tsx';
import type { BoardAlert } from '../../store.ts';
import styles from './alert-card.module.css';
import { type Answering, useAnswer } from './answer.ts';
import { AnswerForm, type Writing } from './answer-forms.tsx';

type Buttons = {
  alert: BoardAlert;
  compact?: boolean;
  onAccepted?: () => void;
  justMoved: () => boolean;
  /** What stands beside the buttons. */
  children?: ReactNode;
};

/** [I have it] [Pass on] [Extend] [Done] [Note], and taking an acceptance back for 5 s. */
export function AlertButtons({ alert, compact = false, onAccepted, justMoved, children }: Buttons) {
  const { session } = useServices();
  const answering = useAnswer(alert.id);
  const [writing, setWriting] = useState<Writing | null>(null);
  const [missed, setMissed] = useState(false);
  const { busy, away, refuse, problem, answer } = answering;
  const taken = alert.responsibility === 'accepted';
  const mine = taken && alert.owner?.id === session.user.id;
  // One table says who may answer what; the api refuses by the same.
  const may = answersFor(alert, session.user);

  if (may.length === 0) return children === undefined ? null : <div className={styles.buttons}>{children}</div>;

  function accept(event: MouseEvent): void {
    if (refuse()) return;
    // A press by key says what it means (`detail` is 0); a finger may have been on its way while the list moved.
    const aimedElsewhere = event.detail > 0 && justMoved();
    setMissed(aimedElsewhere);
    if (aimedElsewhere) return;
    onAccepted?.();
    void answer('accept');
  }
  const write = (next: Writing) => {
    if (!refuse()) setWriting(next);
  };
  const name = (words: string) => (compact ? `${words}: ${alert.message}` : undefined);

  return (
    <div className={styles.answers} data-compact={compact}>
      {away && !compact && (
        <p className={styles.notNow}>
          {taken ? 'Answers can’t be recorded' : 'Taking it can’t be recorded'} until the database is back. Call now,
          and agree by phone who has it.
        </p>
      )}
      <div className={styles.buttons}>
        {!taken && may.includes('accept') && (
          <button
            type="button"
            data-kind="main"
            data-accept={alert.id}
            aria-disabled={away}
            disabled={busy !== null}
            onClick={accept}
            className={styles.accept}
            aria-label={name('I have it')}
          >
            {busy === 'accept' ? 'Taking it…' : 'I have it'}
          </button>
        )}
        {mine && may.includes('undo') && <Undo answering={answering} name={name('Undo')} />}
        {children}
        {may.includes('decline') && (
          <button
            type="button"
            aria-disabled={away}
            disabled={busy !== null}
            onClick={() => write('pass-on')}
            aria-label={name('Pass on')}
          >
            Pass on
          </button>
        )}
        {may.includes('extend') && alert.acceptedUntil !== null && (
          <button
            type="button"
            aria-disabled={away}
            disabled={busy !== null}
            onClick={() => write('extend')}
            aria-label={name('Extend')}
          >
            Extend
          </button>
        )}
        {may.includes('close') && (
          <button
            type="button"
            aria-disabled={away}
            disabled={busy !== null}
            onClick={() => write('done')}
            aria-label={name('Done')}
          >
            Done
          </button>
        )}
        {!compact && may.includes('note') && (
          <button type="button" aria-disabled={away} disabled={busy !== null} onClick={() => write('note')}>
            Note
          </button>
        )}
      </div>
      {writing !== null && (
        <AnswerForm writing={writing} mine={mine} answering={answering} onClose={() => setWriting(null)} />
      )}
      <div role="alert" className={styles.problem}>
        {missed ? 'The list moved just then. Press again.' : problem}
      </div>
    </div>
  );
}

/** Long enough that the second tap of a double one takes nothing back. */
const notBeforeMs = 600;

function Undo({ answering, name }: { answering: Answering; name: string | undefined }) {
  const { acceptedAt, away, busy, answer } = answering;
  const [left, setLeft] = useState(0);
  const [ready, setReady] = useState(false);
  useEffect(() => {
    const look = () => {
      const since = acceptedAt === null ? Number.POSITIVE_INFINITY : performance.now() - acceptedAt;
      setLeft(Math.max(0, Math.ceil((undoAcceptMs - since) / 1000)));
      setReady(since >= notBeforeMs);
    };
    look();
    if (acceptedAt === null) return;
    const timer = setInterval(look, 200);
    return () => clearInterval(timer);
  }, [acceptedAt]);
  if (left === 0) return null;
  return (
    <button
      type="button"
      aria-disabled={away}
      disabled={busy !== null || !ready}
      onClick={() => void answer('undo')}
      className={styles.undo}
      aria-label={name}
    >
      Not mine – undo <span aria-hidden="true">({left} s)</span>
    </button>
  );
}
