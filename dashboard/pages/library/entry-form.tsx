import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { LibraryVersionDetail } from '#schemas/http/libraries.ts';
import { dosingModes } from '#schemas/library/drug-entry.ts';
import { Panel } from '../../components/facts.tsx';
import { Buttons, Refusal } from '../../components/form.tsx';
import { modeWord } from '../../event-words.ts';
import { plural } from '../../words.ts';
import {
  draftOf,
  type EntryDraft,
  type EntryPlace,
  type EntryProblem,
  judgeDraft,
  limitProperties,
  lineTexts,
  singleTexts,
} from './entry-draft.ts';
import styles from './library.module.css';
import { LimitFields } from './limit-fields.tsx';
import { useSave } from './use-save.ts';

const labels: Record<(typeof singleTexts)[number] | (typeof lineTexts)[number], string> = {
  class: 'Class',
  'dose unit': 'Dose unit',
  'tolerates a stop of min': 'Tolerates a stop of, min',
  'KVO mL/h': 'KVO, mL/h',
  'near end min': 'Near end, min',
  'also known as': 'Also known as, one to a line',
  concentration: 'Concentrations, one to a line',
  advisory: 'Advisories, one to a line',
};

const needs = [
  ['weight', 'weight'],
  ['bsa', 'body surface'],
] as const;

/** A drug of a draft; what is wrong with it is said at every key. It may be saved with problems, not submitted. */
export function EntryForm({
  version: given,
  place,
  onDone,
}: {
  version: LibraryVersionDetail;
  place: EntryPlace;
  onDone: () => void;
}) {
  // As it was when it was opened: if somebody else saves meanwhile, this one is refused instead of overwriting.
  const [version] = useState(given);
  const area = version.content.careAreas[place.area];
  const entry = place.drug === null ? null : (area?.drugs[place.drug] ?? null);
  const [draft, setDraft] = useState(() => draftOf(entry));
  const first = useRef<HTMLInputElement>(null);
  // It opens above the drugs, and whoever chose one may be far below.
  useEffect(() => first.current?.focus(), []);
  const { busy, away, error, save } = useSave(version);
  const judged = judgeDraft(version.content, place, draft);
  const change = (part: Partial<EntryDraft>) => setDraft((now) => ({ ...now, ...part }));
  const of = (property: string) => judged.problems.filter((problem) => problem.property === property);
  const text = (property: keyof EntryDraft['texts']) => ({
    value: draft.texts[property],
    'aria-invalid': of(property).length > 0,
    onChange: ({ currentTarget }: { currentTarget: { value: string } }) => {
      const { value } = currentTarget;
      setDraft((now) => ({ ...now, texts: { ...now.texts, [property]: value } }));
    },
  });
  const keep = () => {
    if (judged.content) void save(judged.content).then((went) => went && onDone());
  };
  const remove = () => {
    const careAreas = version.content.careAreas.map((one, at) =>
      at === place.area ? { ...one, drugs: one.drugs.filter((_drug, index) => index !== place.drug) } : one,
    );
    void save({ ...version.content, careAreas }).then((went) => went && onDone());
  };
  return (
    <Panel title={entry === null ? `A new drug in ${area?.name}` : `${entry.name} in ${area?.name}`}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          keep();
        }}
      >
        <div className={styles.fields}>
          <label>
            Name, with tall-man letters: DOBUTamine
            <input
              ref={first}
              value={draft.name}
              aria-invalid={of('name').length > 0}
              onChange={(event) => change({ name: event.currentTarget.value })}
            />
            <Found problems={of('name')} />
          </label>
          {singleTexts.map((property) => (
            <label key={property}>
              {labels[property]}
              <input {...text(property)} />
              <Found problems={of(property)} />
            </label>
          ))}
          <label className={styles.tick}>
            <input
              type="checkbox"
              checked={draft.critical}
              onChange={(event) => change({ critical: event.currentTarget.checked })}
            />
            ★ critical continuity: any stop is high
          </label>
          {lineTexts.map((property) => (
            <label key={property} className={styles.whole}>
              {labels[property]}
              <textarea rows={2} {...text(property)} />
              <Found problems={of(property)} />
            </label>
          ))}
          <Ticks
            legend="Modes"
            all={dosingModes.map((mode) => [mode, modeWord(mode)])}
            chosen={draft.modes}
            choose={(modes) => change({ modes })}
            problems={of('mode')}
          />
          <Ticks
            legend="Needs"
            all={needs}
            chosen={draft.needs}
            choose={(chosen) => change({ needs: chosen })}
            problems={of('needs')}
          />
        </div>
        <div className={styles.limits}>
          {limitProperties.map((limit) => (
            <LimitFields
              key={limit.property}
              limit={limit}
              texts={draft.limits[limit.property]}
              doseUnit={draft.texts['dose unit']}
              change={(texts) => setDraft((now) => ({ ...now, limits: { ...now.limits, [limit.property]: texts } }))}
            >
              <Found problems={of(limit.property)} />
            </LimitFields>
          ))}
        </div>
        <p role="status">
          {judged.problems.length === 0
            ? 'The check finds no problem in this drug.'
            : `${plural(judged.problems.length, 'problem')} in this drug${judged.content ? '' : ': it can’t be saved yet'}`}
        </p>
        <Found problems={of('')} />
        <Refusal error={error} what="It was not saved." />
        <Buttons>
          <button type="submit" data-kind="main" aria-disabled={away} disabled={busy || judged.content === null}>
            {busy ? 'Saving…' : 'Save into the draft'}
          </button>
          <button type="button" onClick={onDone}>
            Close without saving
          </button>
          {entry !== null && (
            <button type="button" aria-disabled={away} disabled={busy} onClick={remove}>
              Remove {entry.name} from this draft
            </button>
          )}
        </Buttons>
      </form>
    </Panel>
  );
}

function Found({ problems }: { problems: readonly EntryProblem[] }): ReactNode {
  return problems.map(({ message }) => (
    <span key={message} className={styles.found}>
      {message}
    </span>
  ));
}

function Ticks({
  legend,
  all,
  chosen,
  choose,
  problems,
}: {
  legend: string;
  all: readonly (readonly [value: string, words: string])[];
  chosen: readonly string[];
  choose: (chosen: readonly string[]) => void;
  problems: readonly EntryProblem[];
}) {
  return (
    <fieldset className={styles.ticks}>
      <legend>{legend}</legend>
      {all.map(([one, words]) => (
        <label key={one} className={styles.tick}>
          <input
            type="checkbox"
            checked={chosen.includes(one)}
            onChange={(event) =>
              choose(event.currentTarget.checked ? [...chosen, one] : chosen.filter((other) => other !== one))
            }
          />
          {words}
        </label>
      ))}
      <Found problems={problems} />
    </fieldset>
  );
}
