import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Layer, type OnCallNow, type Schedule, shifts } from '#schemas/http/on-call.ts';
import { At } from '../../components/age.tsx';
import { Panel } from '../../components/facts.tsx';
import { Failed, Loading } from '../../components/states.tsx';
import { Unfolded, useFocusBack } from '../../components/unfolded.tsx';
import { useServices } from '../../services.tsx';
import { dayAndTime, plural } from '../../words.ts';
import styles from './on-call-page.module.css';
import type { Names } from './policy-words.ts';
import { ScheduleForm } from './schedule-form.tsx';
import { daysOf, hoursWords, midnight, type Span, weekdays } from './week.ts';

const dayName = new Intl.DateTimeFormat(undefined, { weekday: 'short', month: 'short', day: 'numeric' });

type Given = { schedule: Schedule; people: OnCallNow['people']; names: Names; mayEdit: boolean };

/** One schedule's week: who has which hours, in the viewer's own time; gaps in plain words. */
export function Week({ schedule, people, names, mayEdit }: Given) {
  const { http } = useServices();
  const client = useQueryClient();
  const [form, setForm] = useState<'layers' | null>(null);
  const opener = useFocusBack(form);
  const [week, setWeek] = useState(0);
  const [today] = useState(() => midnight(Date.now()));
  const first = midnight(today, week * 7);
  const query = useQuery({
    queryKey: ['on-call', 'shifts', schedule.id, first],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => {
      const span = `from=${new Date(first).toISOString()}&until=${new Date(midnight(first, 7)).toISOString()}`;
      return http(`/on-call/schedules/${schedule.id}/shifts?${span}`, shifts, { signal });
    },
  });
  return (
    <Panel title={schedule.name}>
      {schedule.layers.length === 0 && <p className="muted">No layers yet: nobody is on call here but by overrides.</p>}
      {schedule.gaps.map(({ from, until }) => (
        <p key={from} className={styles.gap}>
          <strong>
            Nobody from {dayAndTime(Date.parse(from))} until {dayAndTime(Date.parse(until))}.
          </strong>
        </p>
      ))}
      {schedule.problems.map((problem) => (
        <p key={problem} className={styles.gap}>
          <strong>{problem}</strong>
        </p>
      ))}
      <div className={styles.weekHead} data-screen-only>
        <button type="button" onClick={() => setWeek(week - 1)} aria-label={`${schedule.name}: a week earlier`}>
          ‹ earlier
        </button>
        <button
          type="button"
          onClick={() => setWeek(0)}
          disabled={week === 0}
          aria-label={`${schedule.name}: from today`}
        >
          from today
        </button>
        <button type="button" onClick={() => setWeek(week + 1)} aria-label={`${schedule.name}: a week later`}>
          later ›
        </button>
      </div>
      {query.isError && <Failed what="This week" error={query.error} retry={() => void query.refetch()} />}
      {query.data === undefined && !query.isError && <Loading what="the week" />}
      {query.data !== undefined && (
        <ol className={styles.week}>
          {daysOf(query.data.items, first, 7).map((day) => (
            <li key={day.from} className={styles.day}>
              <h3>{dayName.format(day.from)}</h3>
              <ol>
                {day.spans.map((span) => (
                  <SpanBlock key={span.from} span={span} />
                ))}
              </ol>
            </li>
          ))}
        </ol>
      )}
      {schedule.layers.length > 0 && (
        <details className={styles.layers}>
          <summary>{plural(schedule.layers.length, 'layer')}: a later one goes before an earlier one</summary>
          <ol>
            {schedule.layers.map((layer) => (
              <li key={layer.name}>{layerWords(layer, names)}</li>
            ))}
          </ol>
          <p className="muted small">
            Changed <At at={schedule.updatedAt} /> {schedule.updatedBy !== null && `by ${schedule.updatedBy.name}`}
          </p>
        </details>
      )}
      {mayEdit && form === null && (
        <p data-screen-only>
          <button
            type="button"
            ref={opener('layers')}
            onClick={() => setForm('layers')}
            aria-label={`Change the layers of ${schedule.name}`}
          >
            Change
          </button>
        </p>
      )}
      {form === 'layers' && (
        <Unfolded>
          <ScheduleForm
            schedule={schedule}
            people={people}
            onClose={() => setForm(null)}
            onSent={() => client.invalidateQueries({ queryKey: ['on-call'] })}
          />
        </Unfolded>
      )}
    </Panel>
  );
}

function SpanBlock({ span: { from, until, who, override, layer } }: { span: Span }) {
  const hours = (until - from) / 3_600_000;
  return (
    <li className={styles.span} data-nobody={who === null} style={{ flexGrow: hours }}>
      <span className="small">{hoursWords(from, until)}</span> <strong>{who ?? 'nobody'}</strong>
      {override && <span className="small"> override</span>}
      {layer !== null && <span className="visually-hidden"> layer {layer}</span>}
    </li>
  );
}

function layerWords(layer: Layer, names: Names): string {
  const { count, unit } = layer.every;
  const turn = layer.members.map((member) => (member === null ? 'nobody' : names.person(member))).join(', ');
  const when = layer.restrictions.map(
    ({ days, from, to }) => `${days.map((day) => weekdays[day]).join(', ')} ${from}–${to}`,
  );
  const always = when.length === 0 ? '' : `; only ${when.join('; ')}`;
  const ends = layer.endsOn === null ? '' : `, until ${layer.endsOn}`;
  return `${layer.name}: shifts of ${plural(count, unit)}, hand-over at ${layer.handOverAt} (${layer.timeZone}), from ${layer.startsOn}${ends}, in turn ${turn}${always}.`;
}
