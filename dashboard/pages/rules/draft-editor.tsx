import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { checkedRuleSet, type RuleSetDetail } from '#schemas/http/rule-sets.ts';
import { drugKey } from '#schemas/library/drug-entry.ts';
import type { RuleSet } from '#schemas/rules/rule-set.ts';
import { checkRuleSetNow } from '#schemas/rules/rule-set-standing.ts';
import { defaultRuleSettings, settingsFor } from '#schemas/rules/rule-settings.ts';
import { Panel } from '../../components/facts.tsx';
import { Refusal, useSending } from '../../components/form.tsx';
import { useServices } from '../../services.tsx';
import { plural } from '../../words.ts';
import { type LevelText, readLevel, toText } from './rule-draft.ts';
import styles from './rules.module.css';
import { SettingsForm } from './settings-form.tsx';

type Draft = { everywhere: LevelText; areas: readonly { careArea: string; text: LevelText }[] };

/** Everywhere, and each care area that differs; checked while it is typed, kept with one button. */
export function DraftEditor({ version, knownAreas }: { version: RuleSetDetail; knownAreas: readonly string[] }) {
  const { http } = useServices();
  const client = useQueryClient();
  const { busy, away, error, send } = useSending();
  const [draft, setDraft] = useState<Draft>(() => ({
    everywhere: toText(version.content.changes),
    areas: version.content.careAreas.map(({ careArea, changes }) => ({ careArea, text: toText(changes) })),
  }));
  const [level, setLevel] = useState('');
  const everywhere = readLevel(draft.everywhere);
  const areas = draft.areas.map(({ careArea, text }) => ({ careArea, text, read: readLevel(text) }));
  const content: RuleSet = {
    ...version.content,
    changes: everywhere.changes,
    careAreas: areas.map(({ careArea, read }) => ({ careArea, changes: read.changes })),
  };
  const unread = everywhere.problems.size + areas.reduce((sum, { read }) => sum + read.problems.size, 0);
  const problems = checkRuleSetNow(content, knownAreas, new Date().toISOString().slice(0, 10));
  const same = JSON.stringify(content) === JSON.stringify(version.content);
  const area = areas.find(({ careArea }) => careArea === level);
  const others = knownAreas.filter((name) => !areas.some(({ careArea }) => drugKey(careArea) === drugKey(name)));

  const save = () =>
    send(async () => {
      const body = { revision: version.revision, content };
      await http(`/rule-sets/${version.version}`, checkedRuleSet, { method: 'PUT', body });
      await client.invalidateQueries({ queryKey: ['rules'] });
    });
  const put = (text: LevelText) =>
    area === undefined
      ? setDraft({ ...draft, everywhere: text })
      : setDraft({
          ...draft,
          areas: draft.areas.map((one) => (one.careArea === area.careArea ? { ...one, text } : one)),
        });
  const add = (careArea: string) => {
    setDraft({ ...draft, areas: [...draft.areas, { careArea, text: {} }] });
    setLevel(careArea);
  };
  return (
    <Panel title="Settings of this draft">
      <div className={styles.levels}>
        <label>
          Level
          <select value={area === undefined ? '' : level} onChange={(event) => setLevel(event.currentTarget.value)}>
            <option value="">everywhere</option>
            {areas.map(({ careArea }) => (
              <option key={careArea} value={careArea}>
                {careArea}
              </option>
            ))}
          </select>
        </label>
        {others.length > 0 && (
          <label>
            A care area that differs
            <select value="" onChange={(event) => event.currentTarget.value !== '' && add(event.currentTarget.value)}>
              <option value="">add one…</option>
              {others.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
        {area !== undefined && (
          <button
            type="button"
            onClick={() =>
              setDraft({ ...draft, areas: draft.areas.filter(({ careArea }) => careArea !== area.careArea) })
            }
          >
            Remove {area.careArea}: as everywhere
          </button>
        )}
      </div>
      <SettingsForm
        key={area?.careArea ?? ''}
        text={area?.text ?? draft.everywhere}
        read={area?.read ?? everywhere}
        below={area === undefined ? defaultRuleSettings : settingsFor({ ...content, careAreas: [] }, null, [], 0)}
        change={put}
      />
      <div className={styles.bar}>
        <button
          type="button"
          data-kind="main"
          aria-disabled={away}
          disabled={busy || same || unread > 0}
          onClick={() => void save()}
        >
          {busy ? 'Saving…' : 'Save the draft'}
        </button>
        <p role="status">
          {unread > 0
            ? `${plural(unread, 'field')} can’t be read`
            : problems.length === 0
              ? 'No problem.'
              : problems.map(({ what }) => what).join(' · ')}
        </p>
      </div>
      <Refusal error={error} what="The draft was not saved." />
    </Panel>
  );
}
