import { type Context, hostOptions, lazyApi } from './context.ts';
import { drain, totalsLine, until } from './drain.ts';
import { openHost, totalsOf } from './fleet.ts';
import { usualSettings } from './pump-state.ts';
import { runningRate } from './pump-work.ts';
import { newSimPump, type SimPump } from './sim-pump.ts';
import { therapies, therapyOf } from './therapies.ts';
import { openTruthLog } from './truth.ts';

/** Ids of n pumps: PUMP-0001, PUMP-0002 … */
export function pumpIds(prefix: string, n: number): { id: string; serial: string }[] {
  return Array.from({ length: n }, (_, index) => {
    const number = String(index + 1).padStart(4, '0');
    return { id: `${prefix}${number}`, serial: `MH2-${String(240_000 + (index + 1) * 7)}` };
  });
}

/** Runs a fleet until its minutes are over or it is told to stop. @returns the exit code */
export async function runFleet(context: Context): Promise<number> {
  const { options, progress, signal } = context;
  const count = options.pumps ?? 24;
  const speed = options.speed ?? 1;
  const minutes = options.minutes ?? (speed > 1 ? 60 : null);
  const host = openHost(hostOptions(context, 'PUMP-'), lazyApi(context), context.onError);
  const pumps: SimPump[] = [];
  try {
    const truth = openTruthLog(options.truth ?? null);
    const ids = pumpIds(options.prefix ?? 'PUMP-', count);
    await host.provision(ids, (done) => progress.show(`provisioned ${done} of ${count} pumps`));
    const rules = {
      settings: { ...usualSettings, alarmsPerHour: usualSettings.alarmsPerHour * options['alarm-rate'] },
    };
    const known = therapies();
    ids.forEach((pump, n) => {
      pumps.push(
        newSimPump({
          ...host.deviceDeps(pump),
          // A pump stays with its patient, and the patient with the course.
          rules: { ...rules, therapies: [therapyOf(n, known)] },
          truth,
          seed: options.seed,
          n,
          seeded: { rng: options.seed + n * 7919 },
          historyHours: speed > 1 ? 0 : (options.history ?? (count > 200 ? 0 : 2)),
          startWithinMs: 60_000,
          speed,
          spanMs: minutes === null ? null : minutes * 60_000,
        }),
      );
    });
    const devices = pumps.map((pump) => pump.device);
    if (options.drain) for (const { device } of pumps) device.link.connect();
    else await startAll(pumps, signal);
    progress.say(`${count} pumps running${options.drain ? ' (draining)' : ''}`);
    if (speed === 1 && !options.drain) meetAlarms(pumps, options['alarm-rate']);

    if (!options.drain) {
      await until(
        () => {
          const { connected, journaled, acknowledged } = totalsOf(devices);
          progress.show(
            `${connected} of ${count} pumps connected, ${totalsLine({ pumps: count, connected, journaled, acknowledged })}`,
          );
          return pumps.every((pump) => pump.finished);
        },
        signal,
        250,
      );
    }
    if (signal.aborted) return 0;
    const totals = await drain(devices, context);
    progress.end();
    context.print(options.json ? JSON.stringify(totals) : totalsLine(totals));
    return totals.acknowledged === totals.journaled || signal.aborted ? 0 : 1;
  } finally {
    await Promise.all(pumps.map((pump) => pump.close()));
    host.close();
    progress.end();
  }
}

/** Powers pumps up a few at a time, so that thousands don't stop the process for seconds. */
export async function startAll(pumps: readonly SimPump[], signal: AbortSignal): Promise<void> {
  for (const [n, pump] of pumps.entries()) {
    if (signal.aborted) return;
    pump.start();
    if (n % 20 === 19) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A newcomer should see alarms come and go: two running pumps meet one within the first minutes. */
function meetAlarms(pumps: readonly SimPump[], alarmRate: number): void {
  if (alarmRate === 0) return;
  const fast = pumps.filter(({ state }) => runningRate(state) >= 30 && !state.occluded);
  const [first] = fast;
  const second = fast[Math.floor(fast.length / 2)];
  first?.plan(30_000, { do: 'occlude', handledAfterMs: 75_000 });
  if (second && second !== first) second.plan(100_000, { do: 'air', handledAfterMs: 60_000 });
}
