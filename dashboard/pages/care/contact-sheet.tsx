import { useQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'wouter';
import { type ContactSheet, contactSheet } from '#schemas/http/patients.ts';
import { Facts, Panel } from '../../components/facts.tsx';
import { KeptNumbers } from '../../components/phone-list.tsx';
import { Denied, Failed, Loading } from '../../components/states.tsx';
import { useOutage } from '../../outage.ts';
import { useMay, useServices } from '../../services.tsx';
import { dayAndTime, plain } from '../../words.ts';
import { Drug } from '../alerts/alert-words.tsx';
import { Calling } from '../calls/calling.tsx';
import styles from './care.module.css';

/** Everything that helps at two in the morning: whom to call with one tap, the plan, the rest. Each opening is audited. */
export default function ContactSheetPage({ id }: { id: string }) {
  const { http } = useServices();
  const allowed = useMay('patient.contact');
  const [params] = useSearchParams();
  const alert = params.get('alert');
  const away = useOutage() !== null;
  const query = useQuery({
    queryKey: ['contact-sheet', id, alert],
    enabled: allowed,
    // Opened once and read once: a reload in the background would stand in the audit as another opening.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    queryFn: ({ signal }) => {
      const from = alert === null ? '' : `?alert=${encodeURIComponent(alert)}`;
      return http(`/patients/${encodeURIComponent(id)}/contact-sheet${from}`, contactSheet, { signal });
    },
  });
  if (!allowed) return <Denied what="Contact sheet" />;
  if (query.data !== undefined) return <Sheet sheet={query.data} alert={alert} />;
  if (away) {
    return (
      <div className={styles.page}>
        <h1>Contact sheet</h1>
        <KeptNumbers patient={id} />
      </div>
    );
  }
  if (query.isError) return <Failed what="This contact sheet" error={query.error} retry={() => void query.refetch()} />;
  return <Loading what="the contact sheet" lines={8} />;
}

function Sheet({ sheet, alert }: { sheet: ContactSheet; alert: string | null }) {
  const running = sheet.therapies.filter(({ status }) => status !== 'ended');
  return (
    <article className={styles.page}>
      <header className={styles.head}>
        <div>
          <p className="muted">
            <Link href="/">Alerts</Link> / {sheet.reference}
          </p>
          <h1>{sheet.name}</h1>
          <p className="muted small">That you opened this sheet is written down.</p>
        </div>
      </header>
      <Calling sheet={sheet} about={{ alert, patient: sheet.id }} />
      <div className={styles.panels}>
        <Panel title="If nobody answers">
          <p className={styles.plan}>{sheet.plan ?? 'No plan is on record.'}</p>
        </Panel>
        {running.map((therapy) => (
          <Panel key={therapy.id} title={`Emergency plan, ${therapy.drug}`}>
            <p className={styles.plan}>{therapy.emergencyPlan ?? 'No emergency plan is on record.'}</p>
          </Panel>
        ))}
        <Panel title="Patient">
          <Facts facts={patientFacts(sheet)} />
        </Panel>
        <Panel title="Therapies">
          {running.length === 0 && <p className="muted">No running therapy.</p>}
          <ul className={styles.list}>
            {running.map((therapy) => (
              <li key={therapy.id}>
                <p>
                  <strong>
                    <Drug name={therapy.drug} />
                  </strong>{' '}
                  <span className={styles.word}>{plain(therapy.status)}</span>
                </p>
                <p className="muted">
                  {therapy.holdUntil !== null && `on hold until ${when(therapy.holdUntil)} · `}
                  next visit {when(therapy.nextVisitAt)} · next delivery {when(therapy.nextDeliveryAt)}
                </p>
              </li>
            ))}
          </ul>
        </Panel>
      </div>
    </article>
  );
}

const when = (at: string | null) => (at === null ? 'not planned' : dayAndTime(Date.parse(at)));

function patientFacts(sheet: ContactSheet): [string, React.ReactNode][] {
  const kit = [sheet.reactionKit, sheet.reactionKitExpires === null ? null : `expires ${sheet.reactionKitExpires}`];
  return [
    ['Born', sheet.birthDate],
    ['Address', sheet.address],
    ['Time zone', sheet.timeZone],
    ['Language', sheet.language],
    ['Allergies', sheet.allergies],
    ['Code status', sheet.codeStatus],
    ['Weight', sheet.weightKg === null ? null : `${sheet.weightKg} kg`],
    ['Body surface', sheet.bsaM2 === null ? null : `${sheet.bsaM2} m²`],
    ['Line', sheet.line],
    ['Reaction kit', kit.filter((part) => part !== null).join(', ') || null],
    ['Pumps', sheet.pumps.join(', ') || null],
    ['Backup pump', sheet.backupPump],
    ['Prescriber', sheet.prescriber],
  ];
}
