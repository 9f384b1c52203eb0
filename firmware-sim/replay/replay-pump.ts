// A pump that repeats what was charted: its records are known beforehand, only their release follows the clock.
import * as z from 'zod';
import { type Device, type DeviceDeps, newDevice } from '../device.ts';
import type { Channel, ChartedInfusion } from './channels.ts';
import { infusionRecords, type ReplayRecord } from './infusion-records.ts';

const keptState = z.object({ lastInfusion: z.int().min(0) });

/** A charted infusion as a pump ran it: what the check looks for. */
export type ReplayedInfusion = {
  charted: ChartedInfusion;
  pump: string;
  number: number;
  /** Records that stand for an action, in order; `at` is true time, ms since 1970. */
  expected: (ReplayRecord & { at: number })[];
};

export type ReplayPump = {
  device: Device;
  infusions: ReplayedInfusion[];
  /** True once every record is in the journal. */
  readonly finished: boolean;
  start(): void;
  stop(): void;
  close(): Promise<void>;
};

export type ReplayPumpDeps = Omit<DeviceDeps, 'base' | 'bootedAt' | 'versions' | 'installed' | 'sampleEveryS'> & {
  channel: Channel;
  /** Length of the patient's stay, ms: every stay ends at now, or starts now when played live. */
  stayMs: number;
  sampleEveryMs: number;
  /** 1 = live; Infinity = as fast as the journal takes it. */
  speed: number;
};

/** Own time between power-up and the stay's first action. */
const leadMs = 60_000;
const recordsAtOnce = 400;

/** @returns a pump at rest */
export function newReplayPump(deps: ReplayPumpDeps): ReplayPump {
  const { journal, scheduler, channel } = deps;
  const kept = keptState.safeParse(journal.state);
  const before = kept.success ? kept.data.lastInfusion : 0;
  const began = deps.world();
  const base = began - leadMs - (deps.speed > 1 ? deps.stayMs + leadMs : 0);
  const end = deps.stayMs + leadMs + 1_000;
  let next = 0;
  let lastInfusion = before;
  let cancel: (() => void) | null = null;

  const device = newDevice({
    ...deps,
    base: () => base,
    bootedAt: () => 0,
    versions: () => ({ firmware: '4.2.1', libraryVersion: null }),
    sampleEveryS: Math.max(10, deps.sampleEveryMs / 1000),
    installed() {},
  });

  const infusions = channel.infusions.map((charted, index): ReplayedInfusion & { records: ReplayRecord[] } => {
    const number = before + index + 1;
    const records = infusionRecords(charted, number, leadMs, deps.sampleEveryMs);
    const expected = records.filter(({ of }) => of !== null).map((record) => ({ ...record, at: base + record.t }));
    return { charted, pump: deps.id, number, records, expected };
  });
  const all: ReplayRecord[] = [
    { t: 0, draft: { kind: 'device', event: 'boot', firmware: '4.2.1' }, of: null },
    ...infusions.flatMap(({ records }) => records),
    { t: end, draft: { kind: 'sample', state: 'standby', rateMlPerH: 0, mains: true }, of: null },
  ];

  const run = () => {
    cancel = null;
    const allowed = deps.speed === Number.POSITIVE_INFINITY ? end : leadMs + (deps.world() - began) * deps.speed;
    const due: ReplayRecord[] = [];
    for (let record = all[next]; record && record.t <= allowed && due.length < recordsAtOnce; record = all[next]) {
      due.push(record);
      if ('infusion' in record.draft && typeof record.draft.infusion === 'number') {
        lastInfusion = Math.max(lastInfusion, record.draft.infusion);
      }
      next += 1;
    }
    if (due.length > 0) device.write(due, { lastInfusion });
    const following = all[next];
    if (!following) return;
    const waitMs = following.t <= allowed ? 0 : (following.t - allowed) / deps.speed;
    cancel = scheduler.at(scheduler.now() + Math.max(1, waitMs), run);
  };

  return {
    device,
    infusions,
    get finished() {
      return next >= all.length;
    },
    start() {
      journal.nextBoot();
      device.link.connect();
      run();
    },
    stop() {
      cancel?.();
    },
    async close() {
      cancel?.();
      await device.close();
    },
  };
}
