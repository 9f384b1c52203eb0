import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type DowntimeItem, type DowntimeList, downtimeList } from '#schemas/http/downtime-list.ts';
import { drugWords } from '#schemas/rules/calling-order.ts';
import { telOf } from '../pages/calls/tel.ts';
import { useMay, useServices } from '../services.tsx';
import { dayAndTime, plural } from '../words.ts';
import styles from './mistrust.module.css';

const hourMs = 3_600_000;

/**
 * The downtime list, read at sign-in and each hour and kept in this page's memory alone, so that it is there when the server
 * is not. Each reading is audited.
 */
export function useDowntimeList() {
  const { http, session } = useServices();
  const allowed = useMay('patient.contact');
  return useQuery({
    queryKey: ['downtime-list', session.user.id],
    enabled: allowed,
    ...{ staleTime: hourMs, refetchInterval: hourMs, gcTime: Number.POSITIVE_INFINITY },
    ...{ refetchOnWindowFocus: false, refetchOnReconnect: false },
    queryFn: ({ signal }) => http('/downtime-list', downtimeList, { signal }),
  });
}

/** Keeps the list while somebody who may see it is signed in. */
export function KeepPhoneList() {
  useDowntimeList();
  return null;
}

/** This patient’s numbers out of the list that the page keeps: for as long as the contact sheet can’t be read. */
export function KeptNumbers({ patient }: { patient: string }) {
  const { session } = useServices();
  const list = useQueryClient().getQueryData<DowntimeList>(['downtime-list', session.user.id]);
  const items = list?.items.filter((item) => item.patient?.id === patient) ?? [];
  if (list === undefined || items.length === 0) {
    return <p>No number of theirs was read on this screen. Use the printed phone list.</p>;
  }
  // One patient may have two pumps; the numbers are the same.
  const numbers = new Map(items.flatMap(numbersOf).map(({ who, number }) => [number, who]));
  return (
    <section aria-label="Numbers as last read" className={styles.kept}>
      <p>
        <strong>As read {dayAndTime(Date.parse(list.madeAt))}</strong>, since the contact sheet can’t be read now:
      </p>
      {numbers.size === 0 && <p>No phone number was on record.</p>}
      {[...numbers].map(([number, who]) => (
        <a key={number} href={telOf(number)}>
          ☎ {who} {number}
        </a>
      ))}
      {items[0]?.plan != null && <p>If nobody answers: {items[0].plan}</p>}
    </section>
  );
}

/** On the NOT MONITORED screen: whom to call, as last read. */
export function PhoneList() {
  const { session } = useServices();
  const allowed = useMay('patient.contact');
  const list = useQueryClient().getQueryData<DowntimeList>(['downtime-list', session.user.id]);
  if (!allowed) return null;
  if (list === undefined) return <p>No phone list was read on this screen. Use the printed one.</p>;
  return (
    <details className={styles.phones} open>
      <summary>
        Phone list of {dayAndTime(Date.parse(list.madeAt))}: {plural(list.items.length, 'pump')}, ★ first
      </summary>
      <ol>
        {list.items.map((item) => (
          <li key={item.pump}>
            <strong>
              {item.critical && '★ '}
              {item.patient?.initials ?? 'whose is not known'} · {drugWords(item)} · {item.pump}
            </strong>
            {item.emptyAt !== null && ` · empty ≈ ${dayAndTime(Date.parse(item.emptyAt))}`}
            <br />
            {numbersOf(item).map(({ who, number }) => (
              <a key={number} href={telOf(number)}>
                ☎ {who} {number}
              </a>
            ))}
          </li>
        ))}
      </ol>
    </details>
  );
}

/** Everybody to call about a pump, in the order of calling. */
export function numbersOf({ phones, prescriber, prescriberPhone }: DowntimeItem): { who: string; number: string }[] {
  const known = phones.map(({ whose, name, number }) => ({ who: name === null ? whose : `${name}, ${whose}`, number }));
  if (prescriberPhone === null) return known;
  return [...known, { who: prescriber === null ? 'prescriber' : `${prescriber}, prescriber`, number: prescriberPhone }];
}
