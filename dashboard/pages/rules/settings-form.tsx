import { useId } from 'react';
import type { RuleSettings } from '#schemas/rules/rule-set.ts';
import { ruleNames, ruleWords, settingsOf, spellSetting } from '#schemas/rules/rule-words.ts';
import { plural } from '../../words.ts';
import { type LevelText, placeOf, type ReadLevel, worded } from './rule-draft.ts';
import styles from './rules.module.css';

type Level = {
  text: LevelText;
  read: ReadLevel;
  /** What holds where nothing stands. */
  below: RuleSettings;
  change: (text: LevelText) => void;
};

/** Every setting of one level; empty: as the level below says, which stands in the field. */
export function SettingsForm(level: Level) {
  return (
    <div className={styles.rules}>
      {ruleNames.map((rule) => {
        const settings = settingsOf(rule);
        const differ = settings.filter(([setting]) => (level.text[placeOf(rule, setting)] ?? '').trim() !== '').length;
        return (
          <details key={rule} className={styles.rule} open={differ > 0}>
            <summary>
              {ruleWords[rule].title}
              {differ > 0 && (
                <span className={styles.differ}>{plural(differ, 'setting differs', 'settings differ')}</span>
              )}
            </summary>
            <div className={styles.settings}>
              {settings.map(([setting, { label, unit }]) => (
                <Setting key={setting} rule={rule} setting={setting} label={label} unit={unit} level={level} />
              ))}
            </div>
          </details>
        );
      })}
    </div>
  );
}

function Setting({
  rule,
  setting,
  label,
  unit,
  level: { text, read, below, change },
}: {
  rule: keyof RuleSettings;
  setting: string;
  label: string;
  unit: string;
  level: Level;
}) {
  const id = useId();
  const place = placeOf(rule, setting);
  const problem = read.problems.get(place) ?? null;
  const lower = Object.entries(below[rule]).find(([name]) => name === setting)?.[1] ?? '';
  const otherwise = spellSetting(lower, unit);
  const value = text[place] ?? '';
  const put = (typed: string) => change({ ...text, [place]: typed });
  const options = worded[place];
  return (
    <div className={styles.setting}>
      <label htmlFor={id}>
        {label}
        {unit !== '' && ` (${unit})`}
      </label>
      {options === undefined ? (
        <input
          id={id}
          value={value}
          placeholder={otherwise}
          inputMode={typeof lower === 'number' ? 'decimal' : 'text'}
          aria-invalid={problem !== null}
          aria-describedby={`${id}-said`}
          autoComplete="off"
          onChange={(event) => put(event.currentTarget.value)}
        />
      ) : (
        <select
          id={id}
          value={value}
          aria-describedby={`${id}-said`}
          onChange={(event) => put(event.currentTarget.value)}
        >
          <option value="">as it is: {otherwise}</option>
          {options.map((option) => (
            <option key={option} value={option}>
              {option}
            </option>
          ))}
        </select>
      )}
      <span id={`${id}-said`} className={problem === null ? 'muted' : styles.found}>
        {problem ?? `otherwise ${otherwise}`}
      </span>
    </div>
  );
}
