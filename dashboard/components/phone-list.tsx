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
