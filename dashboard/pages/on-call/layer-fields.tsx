import type { ReactNode } from 'react';
import type { Layer, OnCallNow } from '#schemas/http/on-call.ts';
import styles from './on-call-page.module.css';
import { weekdays } from './week.ts';

type Given = { layer: Layer; people: OnCallNow['people']; change: (facts: Partial<Layer>) => void };

const wholeWeek = { days: [1, 2, 3, 4, 5, 6, 7], from: '18:00', to: '07:00' };
const put = <T,>(list: readonly T[], at: number, value: T): T[] => list.map((one, i) => (i === at ? value : one));
const without = <T,>(list: readonly T[], at: number): T[] => list.filter((_, i) => i !== at);

/** One layer: who takes turns, when they hand over, and at which times it counts. */
export function LayerFields({ layer, people, change }: Given) {
  const { every, members, restrictions } = layer;
  return (
    <>
      <div className={styles.facts}>
        <Labelled words="Name">
          <input required maxLength={80} value={layer.name} onChange={({ target }) => change({ name: target.value })} />
        </Labelled>
        <Labelled words="Time zone, such as Europe/Stockholm">
          <input required value={layer.timeZone} onChange={({ target }) => change({ timeZone: target.value })} />
        </Labelled>
        <Labelled words="First hand-over on">
          <input
            type="date"
            required
            value={layer.startsOn}
            onChange={({ target }) => change({ startsOn: target.value })}
          />
        </Labelled>
        <Labelled words="Ends on (empty: it goes on)">
          <input
            type="date"
            value={layer.endsOn ?? ''}
            onChange={({ target }) => change({ endsOn: target.value === '' ? null : target.value })}
          />
        </Labelled>
        <Labelled words="Hand-over at, by the zone’s clock">
          <input
            type="time"
            required
            value={layer.handOverAt}
            onChange={({ target }) => change({ handOverAt: target.value })}
          />
        </Labelled>
        <Labelled words="A shift lasts so many">
          <input
            type="number"
            min={1}
            max={52}
            required
            value={every.count}
            onChange={({ target }) => change({ every: { ...every, count: target.valueAsNumber || 0 } })}
          />
        </Labelled>
        <Labelled words="Days or weeks">
          <select
            value={every.unit}
            onChange={({ target }) => change({ every: { ...every, unit: target.value === 'week' ? 'week' : 'day' } })}
          >
            <option value="day">days</option>
            <option value="week">weeks</option>
          </select>
        </Labelled>
      </div>
      {members.map((member, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a turn is nothing but its place
        <div key={at} className={styles.weekHead}>
          <label>
            Turn {at + 1}{' '}
            <select
              value={member ?? ''}
              onChange={({ target }) => change({ members: put(members, at, target.value || null) })}
            >
              <option value="">nobody</option>
              {people.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
              {/* Who left stays named until somebody else is chosen. */}
              {member !== null && !people.some(({ id }) => id === member) && (
                <option value={member}>somebody who left</option>
              )}
            </select>
          </label>
          {members.length > 1 && (
            <button type="button" onClick={() => change({ members: without(members, at) })}>
              Remove turn {at + 1}
            </button>
          )}
        </div>
      ))}
      <button type="button" onClick={() => change({ members: [...members, null] })}>
        Add a turn
      </button>
      {restrictions.map((restriction, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a span is nothing but its place
        <fieldset key={at} className={styles.channels}>
          <legend>Only on these days, span {at + 1}</legend>
          {weekdays.slice(1).map((name, index) => (
            <label key={name}>
              <input
                type="checkbox"
                checked={restriction.days.includes(index + 1)}
                onChange={({ target }) => {
                  const others = restriction.days.filter((day) => day !== index + 1);
                  const days = target.checked ? [...others, index + 1].sort((a, b) => a - b) : others;
                  change({ restrictions: put(restrictions, at, { ...restriction, days }) });
                }}
              />{' '}
              {name}
            </label>
          ))}
          {(['from', 'to'] as const).map((end) => (
            <label key={end}>
              {end}{' '}
              <input
                type="time"
                required
                value={restriction[end]}
                onChange={({ target }) =>
                  change({ restrictions: put(restrictions, at, { ...restriction, [end]: target.value }) })
                }
              />
            </label>
          ))}
          <button type="button" onClick={() => change({ restrictions: without(restrictions, at) })}>
            Remove span {at + 1}
          </button>
        </fieldset>
      ))}
      <button type="button" onClick={() => change({ restrictions: [...restrictions, wholeWeek] })}>
        Only at certain times
      </button>
    </>
  );
}

function Labelled({ words, children }: { words: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is its child
    <label>
      {words}
      {children}
    </label>
  );
}
