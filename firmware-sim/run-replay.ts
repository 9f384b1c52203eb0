import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type Context, hostOptions, lazyApi } from './context.ts';
import { drain, totalsLine, until } from './drain.ts';
import { Failure } from './failure.ts';
import { openHost } from './fleet.ts';
import { eachOf } from './provision/each.ts';
import { allocateChannels, stayS } from './replay/channels.ts';
import { readActions } from './replay/csv.ts';
import { newReplayPump, type ReplayPump } from './replay/replay-pump.ts';
import { type Findings, isFaithful, verifyReplay } from './replay/verify.ts';

/** Replays a file of charted actions and checks what the platform stored. @returns the exit code */
export async function runReplay(file: string, context: Context): Promise<number> {
  const { options, progress, signal } = context;
  if (!existsSync(file)) throw new Failure(`${file}: no such file`, 2);
  const actions = readActions(readFileSync(file, 'utf8'), basename(file));
  const channels = allocateChannels(actions, options.prefix ?? 'REAL-');
  // Above 1 it is the past, and nobody watches the past arrive: it is written as fast as the journals take it.
  const speed = options.speed === 1 ? 1 : Number.POSITIVE_INFINITY;
  const api = lazyApi(context);
  const host = openHost(hostOptions(context, 'REAL-'), api, context.onError);
  const pumps: ReplayPump[] = [];
  try {
    const ids = channels.map(({ pump }, index) => ({ id: pump, serial: `MH2-R${String(1000 + index)}` }));
    await host.provision(ids, (done) => progress.show(`provisioned ${done} of ${ids.length} pumps`));
    channels.forEach((channel, n) => {
      pumps.push(
        newReplayPump({
          ...host.deviceDeps({ id: channel.pump, serial: ids[n]?.serial ?? '' }),
          seeded: { rng: options.seed + n },
          channel,
          stayMs: stayS(channels, channel.patient) * 1000,
          sampleEveryMs: options['sample-every'] * 1000,
          speed,
        }),
      );
    });
    const devices = pumps.map(({ device }) => device);
    if (options.drain) for (const device of devices) device.link.connect();
    else for (const pump of pumps) pump.start();
    const finished = await until(() => {
      progress.show(
        `${pumps.filter((pump) => pump.finished).length} of ${pumps.length} pumps have written their records`,
      );
      return options.drain || pumps.every((pump) => pump.finished);
    }, signal);
    const totals = await drain(devices, context);
    if (!finished || signal.aborted) return 0;
    if (options.drain) {
      progress.end();
      context.print(options.json ? JSON.stringify(totals) : totalsLine(totals));
      return 0;
    }

    const client = await api();
    // The stays are over: nobody is to be called because these pumps fall silent now.
    await eachOf(channels, 8, ({ pump }) => client.setStatus(pump, 'dirty'));
    const infusions = pumps.flatMap((pump) => pump.infusions);
    const findings = await verifyReplay(client, infusions, (read) =>
      progress.show(`read back ${read} of ${infusions.length} infusions`),
    );
    progress.end();
    // What the platform says that it stored, not what the simulator was told.
    let committed = 0;
    await eachOf(channels, 8, async ({ pump }) => {
      const records = await client.committedRecords(pump);
      committed += records;
    });
    if (options.json) context.print(JSON.stringify({ ...findings, ...totals, committed }));
    else for (const line of report(findings)) context.print(line);
    if (!options.json) {
      context.print(totalsLine(totals));
      context.print(`records journaled = ${totals.journaled}, committed = ${committed}`);
    }
    return isFaithful(findings) && totals.acknowledged === totals.journaled && committed === totals.journaled ? 0 : 1;
  } finally {
    await Promise.all(pumps.map((pump) => pump.close()));
    host.close();
    progress.end();
  }
}

/** What was found, for a person. */
export function report(findings: Findings): string[] {
  const { concentrations } = findings;
  return [
    `actions in = ${findings.actions}, actions found = ${findings.found}`,
    `charted rates = ${findings.chartedRates}, matching = ${findings.ratesMatching}`,
    `concentration check: ${concentrations.checked} infusions with dose and rate, ${concentrations.canFail} with more than one rate can fail it, ${concentrations.failed} did`,
    `completeness: ${findings.missing} records missing, ${findings.declaredLost} declared lost, ${findings.rejected} rejected`,
    ...findings.differences,
  ];
}
