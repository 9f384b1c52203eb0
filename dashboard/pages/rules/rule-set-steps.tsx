import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type LibraryStep, librarySteps, lifeOf } from '#schemas/http/libraries.ts';
import { checkedRuleSet, type RuleSetDetail } from '#schemas/http/rule-sets.ts';
import { nextVersion } from '#schemas/library/version.ts';
import { Panel } from '../../components/facts.tsx';
import { Buttons, Field, Form, Refusal, useSending } from '../../components/form.tsx';
import { useServices } from '../../services.tsx';
import { needsReason } from '../library/library-words.ts';

/** What a step's button says: what will be so afterwards, and for whom. */
const stepWords: Record<LibraryStep, string> = {
  submit: 'Submit: it goes to review and can’t be edited',
  approve: 'Approve: it may be published',
  'send-back': 'Send back to the authors',
  publish: 'Publish: it holds for every pump from now on',
  'publish-urgently': 'Publish alone: another one has to confirm it within 24 h',
  confirm: 'Confirm this urgent publication',
  retire: 'Retire: the version before it, or the defaults, hold again',
};

/** What this person may do with this version now, as the same rules say that the api follows; and why not, where not. */
export function RuleSetSteps({ version }: { version: RuleSetDetail }) {
  const { session, http } = useServices();
  const client = useQueryClient();
  const [asking, setAsking] = useState<LibraryStep | null>(null);
  const { busy, away, error, send } = useSending();
  const problems = version.problems.length;
  const outcomes = librarySteps.map((step) => {
    const input = { kind: step, by: session.user.id, reason: 'to be asked', problems };
    return { step, outcome: nextVersion(lifeOf(version), input, Date.now()) };
  });
  const possible = outcomes.filter(({ outcome }) => outcome.ok || outcome.reason === 'problems');
  const fourEyes = outcomes.flatMap(({ outcome }) =>
    !outcome.ok && outcome.reason === 'four-eyes' ? [outcome.detail] : [],
  );
  const take = (step: LibraryStep, reason: string) =>
    send(async () => {
      // What stands on this screen is what is approved or published: anything newer is refused.
      const body = { revision: version.revision, reason };
      await http(`/rule-sets/${version.version}/${step}`, checkedRuleSet, { method: 'POST', body });
      setAsking(null);
      await client.invalidateQueries({ queryKey: ['rules'] });
    });
  if (possible.length + fourEyes.length === 0) return null;
  return (
    <Panel title="Next steps">
      {fourEyes.map((why) => (
        <p key={why}>{why}</p>
      ))}
      <Buttons>
        {possible.map(({ step, outcome }) => {
          const asks = needsReason.includes(step);
          return (
            <button
              key={step}
              type="button"
              data-kind={asks ? undefined : 'main'}
              aria-expanded={asks ? asking === step : undefined}
              aria-disabled={away && !asks}
              disabled={busy || !outcome.ok}
              onClick={() => (asks ? setAsking(asking === step ? null : step) : void take(step, ''))}
            >
              {stepWords[step]}
            </button>
          );
        })}
      </Buttons>
      {asking !== null && (
        <Form submit={(fields) => void take(asking, fields.text('reason') ?? '')}>
          <Field label="Reason" name="reason" required wide />
          <Buttons>
            <button type="submit" data-kind="main" aria-disabled={away} disabled={busy}>
              {busy ? 'Saving…' : stepWords[asking]}
            </button>
          </Buttons>
        </Form>
      )}
      <Refusal error={error} what="Nothing was changed." />
    </Panel>
  );
}
