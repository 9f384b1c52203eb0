import { useState } from 'react';
import { type Layer, type OnCallNow, type Schedule, schedule as scheduleSchema } from '#schemas/http/on-call.ts';
import { Refusal } from '../../components/form.tsx';
import { LayerFields } from './layer-fields.tsx';
import styles from './on-call-page.module.css';
import { useWholeChange } from './whole-change.ts';

type Given = {
  schedule: Schedule;
  people: OnCallNow['people'];
  onClose: () => void;
  /** It was sent and may be another one now, taken or refused. */
  onSent: () => Promise<void>;
};

/** The layers of a schedule. */
export function ScheduleForm({ schedule: given, people, onClose, onSent }: Given) {
  const whole = { given, under: '/on-call/schedules', schema: scheduleSchema, onClose, onSent };
  const { held, busy, away, error, submit } = useWholeChange(whole);
  const [layers, setLayers] = useState<readonly Layer[]>(held.layers);

  return (
    <form onSubmit={(event) => void submit(event, { layers: [...layers] })} className={styles.policyForm}>
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
