import { cleanWire } from '../faults/wire.ts';
import type { Scenario } from './scenario.ts';

const fast = ['vancomycin'];

/** Every scenario, by the name that `scenario NAME` takes. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'occlusion',
    says: 'a line closes: pressure rises, the pump alarms and stops, somebody opens it after two minutes',
    lastsS: 240,
    therapies: fast,
    steps: [{ afterS: 15, pump: 'first', do: { fault: 'input', input: { do: 'occlude', handledAfterMs: 120_000 } } }],
  },
  {
    name: 'free-flow',
    says: 'volume rises at 300 mL/h while the pump says that it is paused; it raises no alarm',
    lastsS: 180,
    therapies: fast,
    steps: [
      { afterS: 20, pump: 'first', do: { fault: 'input', input: { do: 'free-flow', mlPerH: 300, forMs: 120_000 } } },
    ],
  },
  {
    name: 'silent',
    says: 'a delivering pump is not heard any more',
    lastsS: 300,
    therapies: ['dobutamine'],
    endsSilent: true,
    steps: [{ afterS: 20, pump: 'first', do: { fault: 'offline', forS: 86_400 } }],
  },
  {
    name: 'battery-depletion',
    says: 'battery low, then depleted, then silence',
    lastsS: 240,
    therapies: fast,
    endsSilent: true,
    steps: [
      {
        afterS: 15,
        pump: 'first',
        do: { fault: 'input', input: { do: 'battery', pct: 12, handledAfterMs: 3_600_000 } },
      },
      {
        afterS: 60,
        pump: 'first',
        do: { fault: 'input', input: { do: 'battery', pct: 2, handledAfterMs: 3_600_000 } },
      },
      { afterS: 75, pump: 'first', do: { fault: 'offline', forS: 86_400 } },
    ],
  },
  {
    name: 'clock-1970',
    says: 'the wall clock falls back to 1970 and runs on; nothing may be lost, reordered or doubled',
    lastsS: 120,
    therapies: fast,
    steps: [{ afterS: 20, pump: 'first', do: { fault: 'clock', clock: { clock: '1970' } } }],
  },
  {
    name: 'clock-2099',
    says: 'the wall clock jumps to 2099 and runs on',
    lastsS: 120,
    therapies: fast,
    steps: [{ afterS: 20, pump: 'first', do: { fault: 'clock', clock: { clock: '2099' } } }],
  },
  {
    name: 'clock-drift',
    says: 'a fixed offset of three minutes, then a clock that gains 5 %, then a step back of an hour',
    lastsS: 180,
    therapies: fast,
    steps: [
      { afterS: 15, pump: 'first', do: { fault: 'clock', clock: { clock: 'offset', ms: 180_000 } } },
      { afterS: 60, pump: 'first', do: { fault: 'clock', clock: { clock: 'drift', ppm: 50_000 } } },
      { afterS: 120, pump: 'first', do: { fault: 'clock', clock: { clock: 'step', ms: -3_600_000 } } },
    ],
  },
  {
    name: 'journal-loss',
    says: 'a pump loses its journal while offline: a new epoch, and what was not acknowledged is gone',
    lastsS: 120,
    therapies: fast,
    steps: [
      { afterS: 20, pump: 'first', do: { fault: 'offline', forS: 40 } },
      { afterS: 50, pump: 'first', do: { fault: 'journal-loss' } },
    ],
  },
  {
    name: 'duplicate-storm',
    says: 'nine of ten messages come twice, three of ten behind the next one',
    lastsS: 120,
    therapies: fast,
    steps: [
      { afterS: 5, pump: 'all', do: { fault: 'wire', wire: { ...cleanWire, duplicate: 0.9, reorder: 0.3 } } },
      { afterS: 90, pump: 'all', do: { fault: 'wire', wire: cleanWire } },
    ],
  },
  {
    name: 'truncation',
    says: 'a third of the messages is cut short, a tenth is dropped; the journal makes up for all of them',
    lastsS: 120,
    therapies: fast,
    steps: [
      { afterS: 5, pump: 'all', do: { fault: 'wire', wire: { ...cleanWire, truncate: 0.33, drop: 0.1 } } },
      { afterS: 60, pump: 'all', do: { fault: 'wire', wire: cleanWire } },
    ],
  },
  {
    name: 'offline-backlog',
    says: 'two minutes offline with an occlusion that begins and ends within; everything comes late and nobody is paged',
    lastsS: 200,
    therapies: fast,
    steps: [
      { afterS: 15, pump: 'first', do: { fault: 'offline', forS: 130 } },
      { afterS: 20, pump: 'first', do: { fault: 'input', input: { do: 'occlude', handledAfterMs: 20_000 } } },
    ],
  },
  {
    name: 'reboot',
    says: 'a pump reboots during an alarm; the alarm is not raised again',
    lastsS: 150,
    therapies: fast,
    steps: [
      { afterS: 15, pump: 'first', do: { fault: 'input', input: { do: 'air', handledAfterMs: 600_000 } } },
      { afterS: 45, pump: 'first', do: { fault: 'reboot' } },
    ],
  },
  {
    name: 'library-mismatch',
    says: 'somebody put a library of his own into a pump; the platform has to say that it is not the assigned one',
    lastsS: 90,
    therapies: fast,
    steps: [
      { afterS: 15, pump: 'first', do: { fault: 'input', input: { do: 'swap-library', version: 'Bench library-9' } } },
    ],
  },
  {
    name: 'power-loss-in-transfer',
    says: 'the power goes for 20 s once the first part of an offered library has come in; assign one while it runs',
    lastsS: 300,
    therapies: fast,
    steps: [{ afterS: 1, pump: 'all', do: { fault: 'power-loss', offS: 20, atPart: 1 } }],
  },
  {
    name: 'pca-frustrated',
    says: 'a patient presses far more often than the lockout allows',
    lastsS: 900,
    therapies: ['morphine PCA'],
    steps: [{ afterS: 15, pump: 'first', do: { fault: 'input', input: { do: 'frustrated', forMs: 800_000 } } }],
  },
  {
    name: 'pca-handset',
    says: 'the handset comes off: an alarm, and no demand reaches the pump until it is put back',
    lastsS: 300,
    therapies: ['morphine PCA'],
    steps: [
      { afterS: 15, pump: 'first', do: { fault: 'input', input: { do: 'detach-handset', handledAfterMs: 120_000 } } },
    ],
  },
  {
    name: 'thundering-herd',
    says: 'every pump loses its link at once and comes back at the same moment',
    lastsS: 60,
    therapies: fast,
    steps: [{ afterS: 15, pump: 'all', do: { fault: 'offline', forS: 10 } }],
  },
  {
    name: 'poison',
    says: 'payloads that are no batch, and records with bad required and bad optional fields among good ones',
    lastsS: 60,
    therapies: fast,
    steps: [{ afterS: 15, pump: 'first', do: { fault: 'poison' } }],
  },
];
