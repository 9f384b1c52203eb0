// Pumps that go on as usual while something else happens: samples, and alarms one after the other, each known by a code of
// its own, so that a screen can be asked when it showed which.
import { JournalPump, type PumpAccount } from './journal-pump.ts';

export type RaisedAlarm = { pump: string; code: string; at: number };

export type LivePumps = {
  readonly raised: readonly RaisedAlarm[];
  /** Pumps, for what they were acknowledged. */
  readonly pumps: readonly JournalPump[];
  /** Raises one alarm now, on the next pump. */
  raise(): RaisedAlarm;
  /** No more samples; the links stay. */
  quiet(): void;
  close(): void;
};

/**
 * Connects the pumps and lets them run.
 * @param sampleEveryMs of each pump
 * @param soundsMs how long an alarm sounds
 */
export async function startLivePumps(
  port: number,
  accounts: readonly PumpAccount[],
  sampleEveryMs = 1_000,
  soundsMs = 3_000,
): Promise<LivePumps> {
  const startedAt = Date.now();
  const uptimeMs = () => Date.now() - startedAt;
  const pumps = accounts.map((account) => new JournalPump({ port, account, entries: [], uptimeMs }));
  await Promise.all(pumps.map((pump) => pump.connect()));
  const raised: RaisedAlarm[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let turn = 0;
  let infusedMl = 0;

  const sample = (pump: JournalPump) =>
    pump.append('telemetry', 'sample', {
      infusion: 1,
      state: 'delivering',
      rateMlPerH: 5,
      infusedMl: Math.round(infusedMl * 10_000) / 10_000,
      reservoirMl: 80,
      pressureKpa: 12.5,
      batteryPct: 88,
    });
  const raise = (): RaisedAlarm => {
    const pump = pumps[raised.length % pumps.length];
    if (!pump) throw new Error('there are no pumps to raise an alarm');
    const alarm = raised.length + 1;
    const code = `MDC_EVT_PROOF_${alarm}`;
    const told = { pump: pump.account.id, code, at: Date.now() };
    raised.push(told);
    pump.append('alarm', 'alarm', { alarm, code, phase: 'start', priority: 'medium', infusion: 1 });
    const timer = setTimeout(() => {
      timers.delete(timer);
      pump.append('alarm', 'alarm', { alarm, code, phase: 'end', infusion: 1 });
    }, soundsMs);
    timers.add(timer);
    return told;
  };

  for (const pump of pumps) sample(pump);
  const sampling = setInterval(
    () => {
      const pump = pumps[turn % pumps.length];
      turn += 1;
      if (turn % pumps.length === 0) infusedMl += (5 * sampleEveryMs) / 3_600_000;
      if (pump) sample(pump);
    },
    Math.max(1, sampleEveryMs / pumps.length),
  );
  const quiet = () => clearInterval(sampling);
  return {
    raised,
    pumps,
    raise,
    quiet,
    close() {
      quiet();
      for (const timer of timers) clearTimeout(timer);
      for (const pump of pumps) pump.close();
    },
  };
}
