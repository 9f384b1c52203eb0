import { useQuery, useQueryClient } from '@tanstack/react-query';
import { announcement, offlineWindow } from '#schemas/http/announcements.ts';
import { ruleSetInForce } from '#schemas/http/rule-sets.ts';
import type { Pump } from '#schemas/http/shapes.ts';
import { type WorkKind, workKinds } from '#schemas/rules/announced-work.ts';
import { Panel } from '../../components/facts.tsx';
import { Buttons, Field, Form, Refusal, useSending } from '../../components/form.tsx';
import { useMay, useNow, useServices } from '../../services.tsx';
import { duration, plain, timeOfDay } from '../../words.ts';
import styles from './work-panel.module.css';

/** What each kind of work is known to cause; nothing else is ever held. */
const holdsWords: Record<WorkKind, string> = {
  'bag-change': 'empty, near end, air, door, paused',
  'set-change': 'the same, and any occlusion',
  shower: 'silence, paused, unplugged',
  transport: 'silence, unplugged, battery low',
};

/** What is announced at this pump, and so not paged: it stands above everything that it explains. */
export function AnnouncedNow({ pump }: { pump: Pump }) {
  if (pump.work.length === 0 && pump.away === null) return null;
  return (
    <Panel title="Announced now">
      <Running pump={pump} />
    </Panel>
  );
}

/** Who works at this pump says so, and what that causes is shown and not paged for a while. */
export function WorkPanel({ pump }: { pump: Pump }) {
  if (!useMay('work.announce')) return null;
  return (
    <Panel title="Announce work">
      <Announce pump={pump} />
      {pump.away === null && <Away pump={pump} />}
    </Panel>
  );
}

function Running({ pump }: { pump: Pump }) {
  const now = useNow();
  const mayAnnounce = useMay('work.announce');
  const { end, busy, away, error } = useChange(pump);
  if (now === null) return null;
  return (
    <ul className={styles.running} aria-label="Announced now">
      {pump.work.map(({ id, kind, until, criticalUntil }) => (
        <li key={id}>
          <p>
            <strong>
              {plain(kind)} until {timeOfDay(Date.parse(until), now)}
            </strong>{' '}
            (in {duration(Date.parse(until) - now)}; of a ★ drug until {timeOfDay(Date.parse(criticalUntil), now)})
            <span className="muted"> · holds {holdsWords[kind]} · ends by itself</span>
          </p>
          {mayAnnounce && (
            <button type="button" aria-disabled={away} disabled={busy} onClick={() => void end(`/announcements/${id}`)}>
              It is done: end the {plain(kind)}
            </button>
          )}
        </li>
      ))}
      {pump.away !== null && (
        <li>
          <p>
            <strong>expected to be out of reach until {timeOfDay(Date.parse(pump.away.until), now)}</strong>
            <span className="muted"> · its silence is shown and not paged; of a ★ drug it is</span>
          </p>
          {mayAnnounce && (
            <button
              type="button"
              aria-disabled={away}
              disabled={busy}
              onClick={() => void end(`/offline-windows/${pump.away?.id}`)}
            >
              It is within reach again
            </button>
          )}
        </li>
      )}
      <Refusal error={error} what="It was not ended." />
    </ul>
  );
}

function Announce({ pump }: { pump: Pump }) {
  const { http } = useServices();
  const { make, busy, away, error } = useChange(pump);
  const rules = useQuery({
    queryKey: ['rules', 'in-force'],
    queryFn: ({ signal }) => http('/rule-sets/in-force', ruleSetInForce, { signal }),
  });
  const work = rules.data?.settings['announced-work'];
  return (
    <>
      <p className="muted">
        What the work is known to cause stays on the board and pages nobody
        {work !== undefined && ` for ${work.holdMin} min (★ drug ${work.criticalHoldMin} min)`}. It ends by itself. Free
        flow, a wrong programme or a malfunction are never held.
      </p>
      <div className={styles.kinds}>
        {workKinds.map((kind) => (
          <button
            key={kind}
            type="button"
            className={styles.kind}
            aria-disabled={away}
            disabled={busy || pump.work.some((running) => running.kind === kind)}
            onClick={() => void make('/announcements', { pump: pump.id, kind })}
          >
            <strong>{plain(kind)}</strong>
            <span>holds {holdsWords[kind]}</span>
          </button>
        ))}
      </div>
      <Refusal error={error} what="It was not announced." />
    </>
  );
}

function Away({ pump }: { pump: Pump }) {
  const { make, busy, away, error } = useChange(pump);
  return (
    <details className={styles.more}>
      <summary>It will be out of reach for some hours</summary>
      <Form
        submit={(fields) => {
          const until = fields.text('until');
          const body = { until: until && new Date(until).toISOString(), reason: fields.text('reason') };
          void make('/offline-windows', { pump: pump.id, ...body });
        }}
      >
        <Field label="Until" name="until" type="datetime-local" required />
        <Field label="Why" name="reason" required />
        <Refusal error={error} what="It was not written down." names={{ until: 'Until' }} />
        <Buttons>
          <button type="submit" aria-disabled={away} disabled={busy}>
            Its silence pages nobody until then
          </button>
        </Buttons>
      </Form>
    </details>
  );
}

/** Screens learn of a change by the live link; the page's own copy of the pump is read again. */
function useChange(pump: Pump) {
  const { http } = useServices();
  const client = useQueryClient();
  const { busy, away, error, send } = useSending();
  const after = () => client.invalidateQueries({ queryKey: ['pump', pump.id] });
  return {
    busy,
    away,
    error,
    make: (path: '/announcements' | '/offline-windows', body: unknown) =>
      send(async () => {
        await http(path, path === '/announcements' ? announcement : offlineWindow, { method: 'POST', body });
        await after();
      }),
    end: (path: string) =>
      send(async () => {
        const schema = path.startsWith('/announcements') ? announcement : offlineWindow;
        await http(`${path}/end`, schema, { method: 'POST' });
        await after();
      }),
  };
}
