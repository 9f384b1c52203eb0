import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  checkedVersion,
  type LibraryStep,
  type LibraryVersionDetail,
  librarySteps,
  lifeOf,
} from '#schemas/http/libraries.ts';
import { nextVersion } from '#schemas/library/version.ts';
import { Panel } from '../../components/facts.tsx';
import { Buttons, Field, Form, Refusal, useSending } from '../../components/form.tsx';
import { useServices } from '../../services.tsx';
import styles from './library.module.css';
import { needsReason, stepWords } from './library-words.ts';

/** What this person may do with this version now, as the same rules say that the api follows; and why not, where not. */
export function VersionSteps({ version }: { version: LibraryVersionDetail }) {
  const { session } = useServices();
  const [asking, setAsking] = useState<LibraryStep | null>(null);
  const { busy, away, error, take } = useStep(version, () => setAsking(null));
  const problems = version.problems.length;
  const outcomes = librarySteps.map((step) => {
    const input = { kind: step, by: session.user.id, reason: 'to be asked', problems };
    return { step, outcome: nextVersion(lifeOf(version), input, Date.now()) };
  });
  const possible = outcomes.filter(({ outcome }) => outcome.ok || outcome.reason === 'problems');
  const fourEyes = outcomes.flatMap(({ outcome }) =>
    !outcome.ok && outcome.reason === 'four-eyes' ? [outcome.detail] : [],
  );
  if (possible.length + fourEyes.length === 0) return null;
  return (
    <Panel title="Next steps">
      {fourEyes.map((why) => (
        <p key={why}>{why}</p>
      ))}
      <Buttons>
        {possible.map(({ step, outcome }) => (
          <button
            key={step}
            type="button"
            data-kind={needsReason.includes(step) ? undefined : 'main'}
            aria-expanded={needsReason.includes(step) ? asking === step : undefined}
            aria-disabled={away && !needsReason.includes(step)}
            disabled={busy || !outcome.ok}
            onClick={() =>
              needsReason.includes(step) ? setAsking(asking === step ? null : step) : void take(step, '')
            }
          >
            {stepWords[step]}
          </button>
        ))}
      </Buttons>
      {problems > 0 && version.state === 'draft' && (
        <p className="muted">The problems below have to be solved first.</p>
      )}
      {asking !== null && (
        <div className={styles.list}>
          <Form submit={(fields) => void take(asking, fields.text('reason') ?? '')}>
            <Field label="Reason" name="reason" required wide />
            <Buttons>
              <button type="submit" data-kind="main" aria-disabled={away} disabled={busy}>
                {busy ? 'Saving…' : stepWords[asking]}
              </button>
            </Buttons>
          </Form>
        </div>
      )}
      <Refusal error={error} what="Nothing was changed." />
    </Panel>
  );
}

function useStep(version: LibraryVersionDetail, done: () => void) {
  const { http } = useServices();
  const client = useQueryClient();
  const { busy, away, error, send } = useSending();
  const path = `/drug-libraries/${version.library.id}/versions/${version.version}`;
  const take = async (step: LibraryStep, reason: string) => {
    // What stands on this screen is what is approved or published: anything newer is refused.
    const body = { reason, revision: version.revision };
    const went = await send(() => http(`${path}/${step}`, checkedVersion, { method: 'POST', body }));
    await client.invalidateQueries({ queryKey: ['library'] });
    if (went) done();
  };
  return { busy, away, error, take };
}
