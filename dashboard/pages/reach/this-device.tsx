import { useQuery } from '@tanstack/react-query';
import { Panel } from '../../components/facts.tsx';
import { Field, Form, Refusal, useSending } from '../../components/form.tsx';
import { addThisDevice, type DeviceState, deviceName, deviceState } from '../../push/device.ts';
import { useServices } from '../../services.tsx';
import styles from './reach.module.css';

/** Notifications on the device in one's hand. */
export function ThisDevice({ services, changed }: { services: readonly string[]; changed: () => void }) {
  const { http } = useServices();
  const adding = useSending();
  const query = useQuery({ queryKey: ['reach', 'device'], queryFn: deviceState, staleTime: 0 });
  if (query.data === undefined) return null;
  const known = query.data.at === 'on' && services.includes(query.data.service);
  const add = (label: string) =>
    adding.send(async () => {
      await addThisDevice(http, label);
      await query.refetch();
      changed();
    });
  return (
    <Panel title="Notifications on this device">
      <DeviceWords state={query.data} known={known} />
      {(query.data.at === 'off' || (query.data.at === 'on' && !known)) && (
        <Form submit={(fields) => void add(fields.text('label') ?? deviceName())}>
          <Field label="What you call it" name="label" value={deviceName()} />
          <div className={styles.buttons}>
            <button type="submit" data-kind="main" aria-disabled={adding.away} disabled={adding.busy}>
              Turn on notifications here
            </button>
          </div>
        </Form>
      )}
      <Refusal error={adding.error} what="This device was not added." />
    </Panel>
  );
}

function DeviceWords({ state, known }: { state: DeviceState; known: boolean }) {
  switch (state.at) {
    case 'install-first':
      return (
        <>
          <p>
            <strong>Put Dripwatch on the home screen first.</strong> iPhone and iPad notify only from there: tap Share,
            then “Add to Home Screen”, open Dripwatch from its icon, and come back to this page.
          </p>
          <p className="muted">
            A silent or focused iPhone may still swallow a notification: add a telephone for calls too.
          </p>
        </>
      );
    case 'not-supported':
      return <p>This browser can’t be notified. Use a current Chrome, Edge, Firefox or Safari, or add a telephone.</p>;
    case 'denied':
      return (
        <p>
          <strong>Notifications are blocked for this site.</strong> Allow them in the browser’s settings for this site,
          then load this page again.
        </p>
      );
    case 'off':
      return <p>Off. Turned on, alerts for you show on the locked screen, also while Dripwatch is closed.</p>;
    case 'on':
      return known ? <p>On. Test it in the list above.</p> : <p>This browser is not among your devices yet.</p>;
  }
}
