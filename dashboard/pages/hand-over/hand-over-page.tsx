import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { handOver, handOverPage } from '#schemas/http/hand-over.ts';
import { page } from '#schemas/http/shapes.ts';
import { Denied, Failed, Loading } from '../../components/states.tsx';
import { useMay, useServices } from '../../services.tsx';
import { dayAndTime, zoneOf } from '../../words.ts';
import styles from '../calls/calls.module.css';
import { Tabs } from '../calls/tabs.tsx';
import { OfferForm } from './offer-form.tsx';
import { OnCallLine } from './on-call-line.tsx';
import { ShiftSections } from './shift-sections.tsx';
import { Waiting } from './waiting.tsx';

const handOvers = page(handOver);
const hourMs = 3_600_000;
const spans = [4, 8, 12, 16, 24, 48];

/** The change of shift: what is open, what runs, what comes; one writes, the other signs. */
export default function HandOverPage() {
  const allowed = useMay('call.read');
  return (
    <div className={styles.page}>
      <Tabs />
      {allowed ? <HandOver /> : <Denied what="Hand-over" />}
    </div>
  );
}

function HandOver() {
  const { http, session } = useServices();
  const client = useQueryClient();
  const mayWrite = useMay('call.write');
  const [hours, setHours] = useState({ back: 12, ahead: 12 });
  const list = useQuery({
    queryKey: ['hand-overs', 'list'],
    refetchOnWindowFocus: false,
    queryFn: ({ signal }) => http('/hand-overs?limit=20', handOvers, { signal }),
  });
  const items = list.data?.items ?? [];
  const mine = items.find((one) => one.state === 'waiting' && one.to.id === session.user.id);
  const own = items.find((one) => one.state === 'waiting' && one.from.id === session.user.id);
  // Who signs sees the shifts that the other one named.
  const waiting = mine ?? own;
  const shown = useQuery({
    queryKey: ['hand-overs', 'page', waiting?.id ?? null, hours.back, hours.ahead],
    enabled: list.isSuccess,
    ...{ staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false, refetchOnReconnect: false },
    queryFn: ({ signal }) => {
      const from = waiting?.shiftFrom ?? new Date(Date.now() - hours.back * hourMs).toISOString();
      const until = waiting?.shiftTo ?? new Date(Date.now() + hours.ahead * hourMs).toISOString();
      return http(`/hand-overs/page?from=${from}&until=${until}`, handOverPage, { signal });
    },
  });
  const readAnew = () => void client.invalidateQueries({ queryKey: ['hand-overs'] });
  const signed = items.filter(({ state }) => state === 'signed').slice(0, 5);
  return (
    <>
      <header className={styles.head}>
        <h1>Hand-over</h1>
        <span className={styles.line} data-screen-only>
          <button type="button" onClick={readAnew}>
            Read it anew
          </button>
          <button type="button" onClick={() => window.print()}>
            Print
          </button>
        </span>
      </header>
      <OnCallLine />
      {waiting === undefined && (
        <div className={styles.filters} data-screen-only>
          <Span
            label="The shift began"
            words="h ago"
            value={hours.back}
            onChange={(back) => setHours({ ...hours, back })}
          />
          <Span
            label="The next one lasts"
            words="h"
            value={hours.ahead}
            onChange={(ahead) => setHours({ ...hours, ahead })}
          />
        </div>
      )}
      {list.isError && <Failed what="Hand-overs" error={list.error} retry={readAnew} />}
      {shown.isError && <Failed what="The shift" error={shown.error} retry={readAnew} />}
      {(list.isPending || (list.isSuccess && shown.isPending)) && <Loading what="the shift" lines={8} />}
      {waiting !== undefined && shown.data !== undefined && <Waiting handOver={waiting} page={shown.data} />}
      {shown.data !== undefined && (
        <>
          <p className="muted">
            {dayAndTime(Date.parse(shown.data.from))} to {dayAndTime(Date.parse(shown.data.until))}, as it was at{' '}
            {dayAndTime(Date.parse(shown.data.madeAt))} ({zoneOf(Date.parse(shown.data.madeAt))})
          </p>
          <ShiftSections page={shown.data} />
          {mayWrite && own === undefined && <OfferForm page={shown.data} />}
        </>
      )}
      {signed.length > 0 && (
        <section data-screen-only>
          <h2>Signed before</h2>
          <ul>
            {signed.map(({ id, from, to, signedAt }) => (
              <li key={id}>
                <Link href={`/hand-over/${id}`}>
                  {from.name} to {to.name}, {signedAt !== null && dayAndTime(Date.parse(signedAt))}
                </Link>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

type SpanProps = { label: string; words: string; value: number; onChange: (hours: number) => void };

function Span({ label, words, value, onChange }: SpanProps) {
  return (
    <label>
      {label}
      <select value={value} onChange={(event) => onChange(Number(event.target.value))}>
        {spans.map((hours) => (
          <option key={hours} value={hours}>
            {hours} {words}
          </option>
        ))}
      </select>
    </label>
  );
}
