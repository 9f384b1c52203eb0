import type { DowntimeItem } from '#schemas/http/downtime-list.ts';
import { drugWords } from '#schemas/rules/calling-order.ts';
import { numbersOf, useDowntimeList } from '../../components/phone-list.tsx';
import { Denied, Empty, Failed, Loading } from '../../components/states.tsx';
import { useMay } from '../../services.tsx';
import { dayAndTime, plural, stateWord, zoneOf } from '../../words.ts';
import styles from '../calls/calls.module.css';
import { Tabs } from '../calls/tabs.tsx';
import { telOf } from '../calls/tel.ts';
import { rateWords } from './rate-words.ts';

const groupWords: Record<DowntimeItem['group'], string> = {
  critical: '★ must not stop',
  silent: 'silent',
  running: 'running',
  'not-running': 'not running',
};

/** Whom to call when nothing can be watched: to be printed, and kept by this page until it is closed. */
export default function DowntimePage() {
  const allowed = useMay('patient.contact');
  return (
    <div className={styles.page}>
      <Tabs />
      {allowed ? <List /> : <Denied what="Downtime list" />}
    </div>
  );
}

function List() {
  const query = useDowntimeList();
  const list = query.data;
  return (
    <>
      <header className={styles.head}>
        <h1>Downtime list</h1>
        <span className={styles.line} data-screen-only>
          <button type="button" disabled={query.isFetching} onClick={() => void query.refetch()}>
            {query.isFetching ? 'Reading…' : 'Read it anew'}
          </button>
          <button type="button" data-kind="main" onClick={() => window.print()}>
            Print
          </button>
        </span>
      </header>
      {query.isError && <Failed what="A newer list" error={query.error} retry={() => void query.refetch()} />}
      {list === undefined && query.isPending && <Loading what="the list" lines={8} />}
      {list !== undefined && (
        <>
          <p>
            <strong>
              Made {dayAndTime(Date.parse(list.madeAt))} ({zoneOf(Date.parse(list.madeAt))}).
            </strong>{' '}
            {plural(list.items.length, 'pump')}. Call from the top: ★ first, then silent, then running.
          </p>
          <p className="muted small">
            Patient data: keep the paper locked, destroy the old one. This page keeps the list while it is open, also
            when the server is away. Each reading is written down.
          </p>
          {list.items.length === 0 && <Empty title="No pump is at a patient" />}
          <ol className={styles.list}>
            {list.items.map((item) => (
              <Item key={item.pump} item={item} />
            ))}
          </ol>
        </>
      )}
    </>
  );
}

function Item({ item }: { item: DowntimeItem }) {
  const { patient, critical, pump, silentSince, state, emptyAt, emergencyPlans, plan } = item;
  const numbers = numbersOf(item);
  return (
    <li>
      <article className={styles.item}>
        <h2>
          {critical && '★ '}
          {patient === null ? 'Patient not known' : `${patient.initials} ${patient.reference}`} · {drugWords(item)}
        </h2>
        <p className={styles.line}>
          <span className={styles.word}>{groupWords[item.group]}</span>
          <span>{pump}</span>
          <span>
            {silentSince === null ? stateWord(state) : `silent since ${dayAndTime(Date.parse(silentSince))}`}
            {rateWords(item)}
          </span>
          {emptyAt !== null && <em>empty ≈ {dayAndTime(Date.parse(emptyAt))}</em>}
        </p>
        <p>
          {numbers.length === 0 && 'No phone number is on record.'}
          {numbers.map(({ who, number }) => (
            <a key={number} href={telOf(number)} className={styles.call}>
              ☎ {who} <span className="nowrap">{number}</span>
            </a>
          ))}
        </p>
        {emergencyPlans.map(({ drug: of, text }) => (
          <p key={of}>
            <strong>Emergency, {of}:</strong> {text}
          </p>
        ))}
        {plan !== null && (
          <p>
            <strong>Nobody answers:</strong> {plan}
          </p>
        )}
      </article>
    </li>
  );
}
