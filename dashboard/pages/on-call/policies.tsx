import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { OnCallNow, Policy, Schedule } from '#schemas/http/on-call.ts';
import { At } from '../../components/age.tsx';
import { Unfolded, useFocusBack } from '../../components/unfolded.tsx';
import styles from './on-call-page.module.css';
import { PolicyForm } from './policy-form.tsx';
import { type Names, policySentences } from './policy-words.ts';

type Given = {
  policies: readonly Policy[];
  schedules: readonly Schedule[];
  people: OnCallNow['people'];
  names: Names;
  mayEdit: boolean;
};

/** Each policy in sentences; what would go wrong now stands above them. */
export function Policies({ policies, schedules, people, names, mayEdit }: Given) {
  const client = useQueryClient();
  const [editing, setEditing] = useState<string | null>(null);
  const opener = useFocusBack(editing);
  return (
    <div className={styles.policies}>
      {policies.map((policy) => (
        <section key={policy.id} aria-label={policy.name}>
          <h3>{policy.name}</h3>
          {policy.problems.map((problem) => (
            <p key={problem} className={styles.gap}>
              <strong>{problem}</strong>
            </p>
          ))}
          {editing === policy.id ? (
            <Unfolded>
              <PolicyForm
                policy={policy}
                schedules={schedules}
                people={people}
                onClose={() => setEditing(null)}
                onSent={() => client.invalidateQueries({ queryKey: ['on-call'] })}
              />
            </Unfolded>
          ) : (
            <>
              <ol className={styles.sentences}>
                {policySentences(policy.steps, names).map((sentence) => (
                  <li key={sentence}>{sentence}</li>
                ))}
              </ol>
              <p className="muted small">
                Version {policy.version}, changed <At at={policy.updatedAt} />
                {policy.updatedBy !== null && ` by ${policy.updatedBy.name}`}
              </p>
              {mayEdit && (
                <button
                  type="button"
                  ref={opener(policy.id)}
                  onClick={() => setEditing(policy.id)}
                  aria-label={`Change ${policy.name}`}
                >
                  Change
                </button>
              )}
            </>
          )}
        </section>
      ))}
    </div>
  );
}
