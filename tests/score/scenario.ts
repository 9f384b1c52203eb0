// What a labelled scenario is: pumps, what befalls them, and the truth about it. The truth is written by who makes the
// scenario, from what they do; the rules have no part in it.
import type { Priority } from '#schemas/messages/record.ts';
import type { TherapyEffect } from '#schemas/rules/therapy/therapy-state.ts';
import type { Bed } from './bed.ts';
import type { VirtualPump } from './virtual-pump.ts';

/** Something that is so, and that must be said. Times are ms of the virtual clock. */
export type Label = {
  pump: string;
  /** The alert's type. */
  rule: string;
  begin: number;
  /** Until when it may be said with right; null: to the end of the scenario. */
  end: number | null;
  /** Must be found within this time after its begin, ms. */
  withinMs: number;
  /** What it must be said as; absent: any. */
  priority?: Priority;
  /** One of these must stand in what it says, such as a ratio. */
  says?: readonly string[];
};

/** Who acts in a running scenario. */
export type Stage = { pumps: readonly VirtualPump[]; bed: Bed };

export type Act = { at: number; do: (stage: Stage) => void };

export type Scenario = {
  rule: string;
  /** A fault that must be found, or something just short of it that must not be. */
  kind: 'fault' | 'near-miss';
  /** What was drawn, in words. */
  says: string;
  beginAt: number;
  lastsMs: number;
  tickMs: number;
  pumps: readonly VirtualPump[];
  /** Puts pumps, patients and orders where the platform finds them. */
  open: (bed: Bed) => void;
  acts: readonly Act[];
  /** Asked when it is over. */
  labels: (stage: Stage) => Label[];
  /** What the api judges by itself, asked at every tick: no pump's records cause it. */
  looks?: (now: number, say: (said: { pump: string; effect: TherapyEffect }) => void) => void;
  /** Other alerts of which it is true that they are so, by type; the pump's own alarms need no mention. */
  alsoTrue: readonly string[];
};
