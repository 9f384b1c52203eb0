import type { Priority } from '#schemas/messages/record.ts';
import { priorityWord } from '../words.ts';
import styles from './priority-mark.module.css';

const shapes: Record<Priority, string> = {
  high: 'M8 1.500 15.200 14.500H0.800Z',
  medium: 'M8 0.800 15.200 8 8 15.200 0.800 8Z',
  low: 'M8 1.500a6.500 6.500 0 1 1 0 13a6.500 6.500 0 1 1 0-13Z',
};

/** Priority by shape, word and colour; hollow once somebody has it. Only the shape flashes, never the text. */
export function PriorityMark({
  priority,
  accepted = false,
  ended = false,
  word = true,
}: {
  priority: Priority;
  accepted?: boolean;
  ended?: boolean;
  word?: boolean;
}) {
  return (
    <span className={styles.mark} data-priority={priority} data-accepted={accepted} data-ended={ended}>
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" className={styles.shape}>
        <path d={shapes[priority]} />
      </svg>
      {word ? (
        <span className={styles.word}>{priorityWord(priority)}</span>
      ) : (
        <span className="visually-hidden">{priorityWord(priority)}</span>
      )}
    </span>
  );
}
