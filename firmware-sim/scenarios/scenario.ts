import type { ClockFault } from '../faults/clock.ts';
import type { WireFaults } from '../faults/wire.ts';
import type { PumpInput } from '../pump-state.ts';

/** One thing that is done to a pump, or that befalls it. */
export type Fault =
  | { fault: 'input'; input: PumpInput }
  | { fault: 'offline'; forS: number }
  | { fault: 'wire'; wire: WireFaults }
  | { fault: 'clock'; clock: ClockFault }
  | { fault: 'reboot' }
  | { fault: 'journal-loss' }
  /** Without power; with `atPart`, once that part of a library has come in. */
  | { fault: 'power-loss'; offS: number; atPart?: number }
  | { fault: 'poison' };

/** A simulated test as a list of behaviours. */
export type Scenario = {
  name: string;
  /** One line for --list. */
  says: string;
  lastsS: number;
  /** What its pumps infuse, by name in therapies.ts. */
  therapies: readonly string[];
  steps: readonly { afterS: number; pump: 'first' | 'all'; do: Fault }[];
  /** The pump stays away at the end: there is nothing to wait for. */
  endsSilent?: true;
};
