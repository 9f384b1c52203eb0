import { useQuery } from '@tanstack/react-query';
import { overridePage, policyPage, schedulePage, swapPage } from '#schemas/http/on-call.ts';
import { mayPerson } from '#schemas/http/permissions.ts';
import { Panel } from '../../components/facts.tsx';
import { Denied, Failed, Loading } from '../../components/states.tsx';
import { useOnCall } from '../../on-call.ts';
import { useMay, useServices } from '../../services.tsx';
import { CalendarLink } from './calendar-link.tsx';
import { NowPanel } from './now-panel.tsx';
import styles from './on-call-page.module.css';
import { Overrides } from './overrides.tsx';
import { Policies } from './policies.tsx';
import { Week } from './week-view.tsx';

/** Who is on call now and next, whether they can be reached, the week, and in which order people are asked. */
export default function OnCallPage() {
  const { http, session } = useServices();
  const allowed = useMay('system.read');
  const mayPolicies = useMay('policy.write');
  const mayOffer = useMay('alert.respond');
  const now = useOnCall();
  const schedules = useQuery({
    queryKey: ['on-call', 'schedules'],
    enabled: allowed,
    queryFn: ({ signal }) => http('/on-call/schedules', schedulePage, { signal }),
  });
  const overrides = useQuery({
    queryKey: ['on-call', 'overrides'],
    enabled: allowed,
    queryFn: ({ signal }) =>
      http(`/on-call/overrides?after=${new Date().toISOString()}&limit=200`, overridePage, { signal }),
  });
  const swaps = useQuery({
    queryKey: ['on-call', 'swaps'],
    enabled: allowed,
    queryFn: ({ signal }) => http('/on-call/swaps?limit=200', swapPage, { signal }),
  });
  const policies = useQuery({
    queryKey: ['on-call', 'policies'],
    enabled: allowed,
    queryFn: ({ signal }) => http('/on-call/policies', policyPage, { signal }),
  });
  if (!allowed) return <Denied what="On call" />;
  const failed = [schedules, overrides, swaps, policies].find(({ isError }) => isError);
  if (failed) return <Failed what="On call" error={failed.error} retry={() => void failed.refetch()} />;
  if (!schedules.data || !overrides.data || !swaps.data || !policies.data || now === null)
    return <Loading what="who is on call" lines={8} />;
  const { people } = now;
  const lead = people.some(({ id, lead: leads }) => leads && id === session.user.id);
  const mayEdit = mayPerson({ role: session.user.role, lead }, 'schedule.write');
  const names = {
    schedule: (id: string) => schedules.data.items.find((one) => one.id === id)?.name ?? id,
    person: (id: string) => people.find((one) => one.id === id)?.name ?? 'somebody who left',
  };
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <h1>On call</h1>
        <CalendarLink />
      </header>
      <NowPanel now={now} />
      {schedules.data.items.map((schedule) => (
        <Week key={schedule.id} schedule={schedule} people={people} names={names} mayEdit={mayEdit} />
      ))}
      <Overrides
        overrides={overrides.data.items}
        swaps={swaps.data.items}
        schedules={schedules.data.items}
        people={people}
        names={names}
        mayEdit={mayEdit}
        mayOffer={mayOffer}
      />
      <Panel title="Who is asked, in which order">
        <Policies
          policies={policies.data.items}
          schedules={schedules.data.items}
          people={people}
          names={names}
          mayEdit={mayPolicies}
        />
      </Panel>
    </div>
  );
}
