import { useState } from 'react';
import {
  type OnCallNow,
  type Policy,
  type PolicyStep,
  policy as policySchema,
  type Schedule,
  type StepTarget,
  stepChannels,
  stepGroups,
} from '#schemas/http/on-call.ts';
import { Refusal } from '../../components/form.tsx';
import styles from './on-call-page.module.css';
import { channelWords, groupWords } from './policy-words.ts';
import { useWholeChange } from './whole-change.ts';

type Given = {
  policy: Policy;
  schedules: readonly Schedule[];
  people: OnCallNow['people'];
  onClose: () => void;
  /** It was sent and may be another one now, taken or refused. */
  onSent: () => Promise<void>;
};

const newStep: PolicyStep = {
  to: [{ kind: 'group', group: 'everybody' }],
  channels: ['board'],
  nextAfterS: 300,
  unseenAfterS: null,
};

/** The steps of a policy. */
export function PolicyForm({ policy: given, schedules, people, onClose, onSent }: Given) {
  const whole = { given, under: '/on-call/policies', schema: policySchema, onClose, onSent };
  const { held, busy, away, error, submit } = useWholeChange(whole);
  const [steps, setSteps] = useState<readonly PolicyStep[]>(held.steps);
  const change = (at: number, facts: Partial<PolicyStep>) =>
    setSteps(steps.map((step, i) => (i === at ? { ...step, ...facts } : step)));
  const targets: [string, string][] = [
    ...schedules.map(
      ({ id, name }) => [keyOf({ kind: 'on-call', schedule: id }), `on call: ${name}`] satisfies [string, string],
    ),
    ...stepGroups.map((group) => [keyOf({ kind: 'group', group }), groupWords[group]] satisfies [string, string]),
    ...people.map(({ id, name }) => [keyOf({ kind: 'person', user: id }), name] satisfies [string, string]),
  ];
  const targetOf = (key: string): StepTarget | null => {
    const [kind, id = ''] = key.split(' ');
    if (kind === 'on-call') return { kind, schedule: id };
    if (kind === 'person') return { kind, user: id };
    const group = stepGroups.find((one) => one === id);
    return group === undefined ? null : { kind: 'group', group };
  };

  return (
    <form onSubmit={(event) => void submit(event, { steps: [...steps] })} className={styles.policyForm}>
      {steps.map((step, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a step is nothing but its place
        <fieldset key={at} className={styles.step}>
          <legend>Step {at + 1}</legend>
          <label>
            Whom
            <select
              multiple
              size={5}
              value={step.to.map(keyOf)}
              onChange={(event) =>
                change(at, { to: [...event.target.selectedOptions].flatMap(({ value }) => targetOf(value) ?? []) })
              }
            >
              {targets.map(([key, words]) => (
                <option key={key} value={key}>
                  {words}
                </option>
              ))}
            </select>
          </label>
          <fieldset className={styles.channels}>
            <legend>By</legend>
            {stepChannels.map((channel) => (
              <label key={channel}>
                <input
                  type="checkbox"
                  checked={step.channels.includes(channel)}
                  onChange={(event) =>
                    change(at, {
                      channels: event.target.checked
                        ? [...step.channels, channel]
                        : step.channels.filter((one) => one !== channel),
                    })
                  }
                />{' '}
                {channelWords[channel]}
              </label>
            ))}
          </fieldset>
          <label>
            Next step after, seconds
            <input
              type="number"
              min={15}
              max={7200}
              required
              value={step.nextAfterS}
              onChange={(event) => change(at, { nextAfterS: event.target.valueAsNumber || 0 })}
            />
          </label>
          <label>
            Sooner where nobody saw it, after seconds (empty: no)
            <input
              type="number"
              min={15}
              max={7200}
              value={step.unseenAfterS ?? ''}
              onChange={(event) =>
                change(at, { unseenAfterS: event.target.value === '' ? null : event.target.valueAsNumber })
              }
            />
          </label>
          {steps.length > 1 && (
            <button type="button" onClick={() => setSteps(steps.filter((_, i) => i !== at))}>
              Remove step {at + 1}
            </button>
          )}
        </fieldset>
      ))}
      <Refusal error={error} what="The policy was not changed." />
      <p className={styles.weekHead}>
        <button type="button" onClick={() => setSteps([...steps, newStep])}>
          Add a step
        </button>
        <button type="submit" data-kind="main" aria-disabled={away} disabled={busy}>
          It counts from now on
        </button>
        <button type="button" onClick={onClose}>
          Cancel
        </button>
      </p>
    </form>
  );
}

function keyOf(target: StepTarget): string {
  switch (target.kind) {
    case 'on-call':
      return `on-call ${target.schedule}`;
    case 'person':
      return `person ${target.user}`;
    case 'group':
      return `group ${target.group}`;
  }
}
