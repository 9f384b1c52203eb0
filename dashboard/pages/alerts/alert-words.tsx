import { isCriticalDrug } from '#schemas/rules/alarm-catalogue.ts';
import type { Harm as HarmForeseen } from '#schemas/rules/minutes-to-harm.ts';
import { Age, At } from '../../components/age.tsx';
import { emptyAtOf, isLastKnown, isPumping } from '../../pump-age.ts';
import { useNow, usePump, useServices } from '../../services.tsx';
import type { BoardAlert } from '../../store.ts';
import { amount, duration, stateWord, timeOfDay } from '../../words.ts';
import styles from './alert-card.module.css';
import { factsOf, isCritical } from './alert-facts.ts';

/** Drug as the pump names it, ★ where any stop is high: by its name, or because the rules say so of this alert. */
export function Drug({ name, alert }: { name: string | null; alert?: BoardAlert }) {
  const critical = isCriticalDrug(name) || (alert !== undefined && isCritical(alert));
  if (name === null && !critical) return <span className="muted">drug not known</span>;
  return (
    <>
      {name ?? 'drug not known'}
      {critical && (
        <span title="critical continuity: any stop or silence is high">
          <span aria-hidden="true">★</span>
          <span className="visually-hidden"> critical continuity</span>
        </span>
      )}
    </>
  );
}

/** `J.M. · `, or nothing where nobody knows or this role is not told. */
export const initialsWords = ({ patient }: BoardAlert): string => (patient === null ? '' : `${patient.initials} · `);

const byRate: readonly string[] = ['all given too fast', 'cumulative limit'] satisfies HarmForeseen['because'][];

const runsPast = ['MDC_EVT_PUMP_FLOW_FREE', 'flow-while-stopped'];

/** How long until harm is foreseen. An estimate: in italics, with "≈". */
export function Harm({ alert, short = false }: { alert: BoardAlert; short?: boolean }) {
  const now = useNow();
  const pump = usePump(alert.pump);
  const { harmAt, harmBecause } = factsOf(alert);
  if (harmAt === null || now === null || alert.condition === 'ended') return null;
  // A pump that stands gives nothing too fast, unless fluid runs past it.
  const byPumping = harmBecause !== null && byRate.includes(harmBecause) && !runsPast.includes(alert.type);
  if (byPumping && pump && isPumping(pump) === false) return null;
  const left = harmAt - now;
  const words = left > 0 ? `harm ≈ in ${duration(left)}` : `harm foreseen since ≈ ${timeOfDay(harmAt, now)}`;
  if (short) return <em className={styles.harmShort}>{words} · </em>;
  return (
    <p className={styles.harm}>
      <em>
        {words}
        {left > 0 && ` (${timeOfDay(harmAt, now)})`}
      </em>
      {harmBecause !== null && <span>: {harmBecause}</span>}
    </p>
  );
}

/** Since when; a late alert says when it began and when it was reported. */
export function Since({ alert }: { alert: BoardAlert }) {
  if (alert.condition === 'ended' && alert.endedAt !== null) {
    return (
      <>
        <At at={alert.raisedAt} /> to <At at={alert.endedAt} />
      </>
    );
  }
  if (alert.late && alert.hops.receivedAt !== null) {
    return (
      <>
        since <At at={alert.raisedAt} />, reported <At at={alert.hops.receivedAt} />
      </>
    );
  }
  return (
    <>
      <At at={alert.raisedAt} /> · <Age at={alert.raisedAt} />
    </>
  );
}

/** Who has it, in words; how long an acceptance still counts, to whom it is offered. */
export function Responsibility({ alert, short = false }: { alert: BoardAlert; short?: boolean }) {
  const { session } = useServices();
  switch (alert.responsibility) {
    case 'accepted': {
      const who = alert.owner?.id === session.user.id ? 'You have it' : `${alert.owner?.name ?? 'Somebody'} has it`;
      const since = alert.hops.acceptedAt;
      return (
        <span>
          <strong>{who}</strong>
          {!short && since !== null && (
            <span className="muted">
              {' '}
              since <At at={since} />
            </span>
          )}
          <Until at={alert.acceptedUntil} />
        </span>
      );
    }
    case 'declined':
      return (
        <span>
          Passed on · nobody has it
          <NextStep alert={alert} short={short} />
        </span>
      );
    case 'lapsed':
      return (
        <span>
          {alert.owner?.name ?? 'The person who had it'} did not finish · nobody has it
          <NextStep alert={alert} short={short} />
        </span>
      );
    case 'offered':
      return (
        <span>
          {offeredWords(alert, session.user.id)}
          <NextStep alert={alert} short={short} />
        </span>
      );
    case 'unassigned':
      return (
        <span>
          {alert.closed === null ? 'Nobody has it' : `Closed: ${alert.closed.outcome}`}
          <NextStep alert={alert} short={short} />
        </span>
      );
  }
}

/** To whom it is offered: by name, you first. */
function offeredWords({ offer, offeredTo }: BoardAlert, me: string): string {
  const to = offer?.to ?? [];
  const toMe = offeredTo === me || to.some(({ id }) => id === me);
  const others = to.filter(({ id }) => id !== me).map(({ name }) => name);
  if (!toMe && others.length === 0) return 'Offered, but nobody was found to ask';
  const shown = others.length > 2 ? [...others.slice(0, 2), `${others.length - 2} more`] : others;
  return `Offered to ${[...(toMe ? ['you'] : []), ...shown].join(', ')}`;
}

/** Counts down to when the next people are asked. */
function NextStep({ alert, short }: { alert: BoardAlert; short: boolean }) {
  const now = useNow();
  if (alert.nextStepAt === null || now === null || alert.condition === 'ended') return null;
  const left = Date.parse(alert.nextStepAt) - now;
  const asked = alert.offer === null ? 'first people asked' : 'next people asked';
  return (
    <span className="muted">
      {' · '}
      {short ? 'next' : asked} <span className="nowrap">{left > 0 ? `in ${duration(left)}` : 'now'}</span>
    </span>
  );
}

function Until({ at }: { at: string | null }) {
  const now = useNow();
  const left = at === null || now === null ? null : Date.parse(at) - now;
  if (left === null || left <= 0) return null;
  return <span className="muted"> · lapses in {duration(left)}</span>;
}

/** State and rate of the pump with their age; in italics what can only be estimated. */
export function PumpNow({ pumpId, alert }: { pumpId: string; alert: BoardAlert }) {
  const pump = usePump(pumpId);
  const now = useNow();
  if (pump === undefined || now === null) return null;
  const old = isLastKnown(pump, now);
  const emptyAt = emptyAtOf(pump, factsOf(alert).emptyAt);
  return (
    <div className={styles.now} data-old={old}>
      <span className={styles.rate}>
        {pump.rateMlPerH === null ? '–' : amount(pump.rateMlPerH)}
        <small> mL/h</small>
      </span>
      <span>
        {stateWord(pump.state)} ·{' '}
        {pump.lastSampleAt === null ? (
          'no sample yet'
        ) : old ? (
          <>
            last known <At at={pump.lastSampleAt} />
          </>
        ) : (
          <Age at={pump.lastSampleAt} />
        )}
        {isPumping(pump) === false && (
          <span className={styles.given}>
            {old ? 'it was not pumping then' : 'not pumping: no empty time can be foretold'}
          </span>
        )}
        {emptyAt !== null && (
          <em className={styles.estimate}>
            empty ≈ {timeOfDay(emptyAt, now)}
            {emptyAt > now ? ` (in ${duration(emptyAt - now)})` : ` (${duration(now - emptyAt)} ago)`}
          </em>
        )}
        {pump.infusedMl !== null && <span className={styles.given}>{amount(pump.infusedMl)} mL given</span>}
      </span>
    </div>
  );
}
