import { type Context, hostOptions, lazyApi } from './context.ts';
import { drain, totalsLine, until } from './drain.ts';
import { Failure } from './failure.ts';
import { brokenThermometer, unreadablePayloads, unreadableRecords } from './faults/poison.ts';
import { openHost } from './fleet.ts';
import { usualSettings } from './pump-state.ts';
import { pumpIds, startAll } from './run-fleet.ts';
import { scenarios } from './scenarios/all.ts';
import type { Fault, Scenario } from './scenarios/scenario.ts';
import { newSimPump, type SimPump } from './sim-pump.ts';
import { therapies } from './therapies.ts';
import { openTruthLog, type TruthLog } from './truth.ts';

/** Runs a scenario by its name; with --list only names them. @returns the exit code */
export async function runScenario(name: string | null, context: Context): Promise<number> {
  if (context.options.list || name === null) {
    if (context.options.json)
      context.print(JSON.stringify(scenarios.map(({ name: known, says }) => ({ name: known, says }))));
    else for (const known of scenarios) context.print(`${known.name.padEnd(18)} ${known.says}`);
    return 0;
  }
  const scenario = scenarios.find((known) => known.name === name);
  if (!scenario) {
    throw new Failure(
      `no scenario ${JSON.stringify(name)}; there are ${scenarios.map((known) => known.name).join(', ')}`,
      2,
    );
  }
  return play(scenario, context);
}

/** Runs one scenario. @returns the exit code */
export async function play(scenario: Scenario, context: Context): Promise<number> {
  const { options, progress, signal } = context;
  const count = options.pumps ?? 4;
  const prefix = options.prefix ?? 'SCEN-';
  const host = openHost(hostOptions(context, 'SCEN-'), lazyApi(context), context.onError);
  const pumps: SimPump[] = [];
  try {
    const truth = openTruthLog(options.truth ?? null);
    const ids = pumpIds(prefix, count);
    await host.provision(ids, (done) => progress.show(`provisioned ${done} of ${count} pumps`));
    const rules = {
      settings: { ...usualSettings, alarmsPerHour: 0 },
      therapies: therapies().filter((therapy) => scenario.therapies.includes(therapy.name)),
    };
    ids.forEach((pump, n) => {
      pumps.push(
        newSimPump({
          ...host.deviceDeps(pump),
          rules,
          truth,
          seed: options.seed,
          n,
          seeded: { rng: options.seed + n * 7919 },
          historyHours: 0,
          startWithinMs: 0,
          speed: 1,
          spanMs: options.minutes === undefined ? scenario.lastsS * 1000 : options.minutes * 60_000,
        }),
      );
    });
    await startAll(pumps, signal);
    progress.say(`${scenario.name}: ${scenario.says}`);
    const began = host.scheduler.now();
    for (const { afterS, pump, do: fault } of scenario.steps) {
      const targets = pump === 'all' ? pumps : pumps.slice(0, 1);
      host.scheduler.at(began + afterS * 1000, () => {
        for (const target of targets) befall(target, fault, truth, host.world());
      });
    }
    await until(
      () => {
        progress.show(`${scenario.name}: ${Math.round((host.scheduler.now() - began) / 1000)} s`);
        return pumps.every((pump) => pump.finished);
      },
      signal,
      250,
    );
    if (signal.aborted) return 0;
    const heard = pumps.slice(scenario.endsSilent ? 1 : 0).map(({ device }) => device);
    const totals = await drain(heard, context);
    progress.end();
    context.print(options.json ? JSON.stringify({ scenario: scenario.name, ...totals }) : totalsLine(totals));
    return totals.acknowledged === totals.journaled || signal.aborted ? 0 : 1;
  } finally {
    await Promise.all(pumps.map((pump) => pump.close()));
    host.close();
    progress.end();
  }
}

export function befall(pump: SimPump, fault: Fault, truth: TruthLog, at: number): void {
  switch (fault.fault) {
    case 'input':
      pump.input(fault.input);
      return;
    case 'offline':
      pump.goOffline(fault.forS * 1000);
      return;
    case 'wire':
      pump.setWire(fault.wire);
      return;
    case 'clock':
      pump.disturbClock(fault.clock);
      return;
    case 'reboot':
      pump.reboot();
      return;
    case 'power-loss':
      pump.losePower(fault.offS * 1000, fault.atPart);
      return;
    case 'journal-loss':
      pump.loseJournal();
      return;
    case 'poison': {
      const { device } = pump;
      for (const payload of unreadablePayloads) device.link.sendRaw('telemetry', payload);
      for (const { kind, body } of unreadableRecords) device.writeUnreadable(kind, body);
      device.writeUnreadable('sample', brokenThermometer);
      truth.write({
        at,
        pump: pump.id,
        fault: 'poison',
        payloads: unreadablePayloads.length,
        records: unreadableRecords.length,
        brokenFields: 1,
      });
    }
  }
}
