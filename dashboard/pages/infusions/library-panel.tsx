import type { InfusionCheck } from '#schemas/http/infusion-check.ts';
import { Panel } from '../../components/facts.tsx';
import { dayAndTime } from '../../words.ts';
import styles from './order-panel.module.css';

/** The library's limits beside the programme: what is passed first, and everything that could not be checked. */
export function LibraryPanel({ check }: { check: InfusionCheck | null }) {
  if (check === null) {
    return (
      <Panel title="Drug library">
        <p>
          <strong>Not checked yet.</strong> <span className="muted">Nothing was judged since this infusion began.</span>
        </p>
      </Panel>
    );
  }
  const { library, standing, limits, notChecked, judgedAt } = check;
  const passed = limits.filter(({ outcome }) => outcome !== 'inside');
  const inside = limits.filter(({ outcome }) => outcome === 'inside');
  return (
    <Panel title={library === null ? 'Drug library' : `${library.name}, version ${library.version}`}>
      {library === null && (
        <p>
          <strong>Not checked: no drug library is published.</strong>
        </p>
      )}
      {standing.map((why) => (
        <p key={why}>
          <strong>{why}.</strong>
        </p>
      ))}
      {passed.length > 0 && (
        <ul className={styles.checks}>
          {passed.map(({ words, outcome }) => (
            <li key={words}>
              <strong>{sentence(words)}</strong> <span className="muted">({outcome} limit)</span>
            </li>
          ))}
        </ul>
      )}
      {inside.map(({ words }) => (
        <p key={words} className="muted">
          {sentence(words)}.
        </p>
      ))}
      {notChecked.length > 0 && (
        <ul aria-label="Not checked">
          {notChecked.map((words) => (
            <li key={words}>{sentence(words)}</li>
          ))}
        </ul>
      )}
      <p className="muted small">judged {dayAndTime(Date.parse(judgedAt))}</p>
    </Panel>
  );
}

const sentence = (words: string) => `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
