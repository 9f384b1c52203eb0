import { type Entry, entryWords, kindWord } from '../event-words.ts';
import { dayAndTime, timeWithSeconds } from '../words.ts';
import styles from './entries.module.css';

/** What happened, in rows. Late records and a pump clock that differs are said. */
export function Entries({ entries, caption }: { entries: readonly Entry[]; caption: string }) {
  return (
    <table className={styles.entries}>
      <caption className="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">Kind</th>
          <th scope="col">What</th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <tr key={`${entry.kind} ${entry.seq ?? ''} ${entry.at} ${entryWords(entry)}`}>
            <td className={styles.time}>
              <time
                dateTime={entry.at}
                title={`${entry.at}${entry.pumpAt === null ? '' : `; pump’s clock ${entry.pumpAt}`}`}
              >
                {dayAndTime(Date.parse(entry.at))}:{timeWithSeconds(Date.parse(entry.at)).slice(-2)}
              </time>
              {entry.late && <span className={styles.late}>late</span>}
            </td>
            <td>{kindWord(entry.kind)}</td>
            <td className={styles.what}>{entryWords(entry)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
