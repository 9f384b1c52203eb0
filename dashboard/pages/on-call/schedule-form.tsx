import { type FormEvent, useState } from 'react';
import { type Layer, type OnCallNow, type Schedule, schedule as scheduleSchema } from '#schemas/http/on-call.ts';
import { Refusal, useSending } from '../../components/form.tsx';
import { useServices } from '../../services.tsx';
import { LayerFields } from './layer-fields.tsx';
import styles from './on-call-page.module.css';

type Given = {
  schedule: Schedule;
  people: OnCallNow['people'];
  onClose: () => void;
  /** It was sent and may be another one now, taken or refused. */
  onSent: () => Promise<void>;
};

/** The layers of a schedule, changed as a whole; somebody else's change in between is refused by its version. */
export function ScheduleForm({ schedule: given, people, onClose, onSent }: Given) {
  const { http } = useServices();
  // As it was when the form was opened: read anew meanwhile, a change of somebody else would be overwritten unseen.
  const [schedule] = useState(given);
  const [layers, setLayers] = useState<readonly Layer[]>(schedule.layers);
  const { busy, away, error, send } = useSending();

  async function submitted(event: FormEvent): Promise<void> {
    event.preventDefault();
    const body = { name: schedule.name, layers, version: schedule.version };
    const went = await send(() => http(`/on-call/schedules/${schedule.id}`, scheduleSchema, { method: 'PUT', body }));
    if (went) onClose();
    await onSent();
  }

  return (
    <form onSubmit={(event) => void submitted(event)} className={styles.policyForm}>
      {layers.map((layer, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a layer is nothing but its place
        <fieldset key={at} className={styles.step}>
          <legend>Layer {at + 1}</legend>
          <LayerFields
            layer={layer}
            people={people}
            change={(facts) => setLayers(layers.map((one, i) => (i === at ? { ...one, ...facts } : one)))}
          />
          <button type="button" onClick={() => setLayers(layers.filter((_, i) => i !== at))}>
            Remove layer {at + 1}
          </button>
        </fieldset>
      ))}
      <Refusal error={error} what="The schedule was not changed." />
      <p className={styles.weekHead}>
        <button type="button" onClick={() => setLayers([...layers, newLayer(layers)])}>
          Add a layer
        </button>
        <button type="submit" data-kind="main" aria-disabled={away} disabled={busy}>
          It counts from now on
        </button>
        <button type="button" onClick={onClose}>
          Cancel
        </button>
      </p>
    </form>
  );
}

function newLayer(layers: readonly Layer[]): Layer {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return {
    name: `Layer ${layers.length + 1}`,
    timeZone: layers.at(-1)?.timeZone ?? timeZone,
    startsOn: new Date().toISOString().slice(0, 10),
    endsOn: null,
    handOverAt: '07:00',
    every: { count: 1, unit: 'week' },
    members: [null],
    restrictions: [],
  };
}
