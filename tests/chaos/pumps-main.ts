// The pumps of a chaos run as a process of their own, which can be killed at any point and goes on from its journals.
// Started with one argument, its settings as JSON; faults come as messages, totals go back.
import { join } from 'node:path';
import * as z from 'zod';
import { cleanWire } from '../../firmware-sim/faults/wire.ts';
import { openHost, totalsOf } from '../../firmware-sim/fleet.ts';
import { openHistoryLog } from '../../firmware-sim/history-log.ts';
import { signIn } from '../../firmware-sim/provision/api-client.ts';
import { usualSettings } from '../../firmware-sim/pump-state.ts';
import { pumpIds, startAll } from '../../firmware-sim/run-fleet.ts';
import { befall } from '../../firmware-sim/run-scenario.ts';
import type { Fault } from '../../firmware-sim/scenarios/scenario.ts';
import { newSimPump, type SimPump } from '../../firmware-sim/sim-pump.ts';
import { therapies } from '../../firmware-sim/therapies.ts';
import { openTruthLog } from '../../firmware-sim/truth.ts';

const settings = z.object({
  dataDir: z.string(),
  historyLog: z.string(),
  apiUrl: z.string(),
  brokerUrl: z.string(),
  password: z.string(),
  pumps: z.int(),
  seed: z.int(),
  cadenceMs: z.int(),
  /** Only get credentials, then end. */
  provisionOnly: z.boolean(),
});
export type PumpsSettings = z.infer<typeof settings>;

export type PumpsOrder = { do: 'fault'; pump: number; fault: Fault } | { do: 'finish' };
const order = z.custom<PumpsOrder>((value) => z.object({ do: z.enum(['fault', 'finish']) }).safeParse(value).success);
const toldEveryMs = 250;

const given = settings.parse(JSON.parse(process.argv[2] ?? ''));
const stop = new AbortController();
const fail = (error: unknown) => process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
let api: ReturnType<typeof signIn> | null = null;
/** Signs in once, when a credential is first needed. */
const lazyApi = () => {
  api ??= signIn({ url: given.apiUrl, user: 'technician@demo.dripwatch', password: given.password }, stop.signal);
  return api;
};
const host = openHost(
  {
    dataDir: given.dataDir,
    prefix: 'PUMP-',
    apiUrl: given.apiUrl,
    brokerUrl: given.brokerUrl,
    journal: 'file',
    fsync: 'close',
    capacity: 30_000,
    backlogPerS: 10_000,
    historyLog: given.provisionOnly ? null : given.historyLog,
  },
  lazyApi,
  fail,
);
const ids = pumpIds('PUMP-', given.pumps);
await host.provision(ids, () => {});
if (given.provisionOnly) {
  host.close();
  process.exit(0);
}

const truth = openTruthLog(join(given.dataDir, 'truth.ndjson'));
const history = openHistoryLog(given.historyLog);
const rules = {
  settings: {
    ...usualSettings,
    cadenceMs: given.cadenceMs,
    idleCadenceMs: 2 * given.cadenceMs,
    alarmsPerHour: usualSettings.alarmsPerHour * 100,
  },
  therapies: therapies(),
};
const pumps: SimPump[] = ids.map((pump, n) =>
  newSimPump({
    ...host.deviceDeps(pump),
    rules,
    truth,
    seed: given.seed,
    n,
    seeded: { rng: given.seed + n * 7919 },
    historyHours: 0,
    startWithinMs: 3_000,
    speed: 1,
    spanMs: null,
  }),
);

function obey(given: PumpsOrder): void {
  if (given.do === 'finish') {
    for (const pump of pumps) {
      pump.setWire(cleanWire);
      pump.stop();
    }
    return;
  }
  const pump = pumps[given.pump];
  if (!pump) return;
  if (given.fault.fault === 'poison') {
    const { epoch, last } = pump.device.journal;
    // Said before it is written: the checker must know which records were never meant to be read.
    history?.write({ pump: pump.id, epoch, event: 'poison', from: last + 1, to: last + poisonRecords });
  }
  befall(pump, given.fault, truth, host.world());
}
const poisonRecords = 6;

await startAll(pumps, stop.signal);
process.on('message', (message) => obey(order.parse(message)));
process.on('disconnect', () => process.exit(0));
setInterval(() => {
  const { connected, journaled, acknowledged } = totalsOf(pumps.map(({ device }) => device));
  process.send?.({ totals: { connected, journaled, acknowledged } });
}, toldEveryMs);
process.once('SIGTERM', () => {
  Promise.all(pumps.map((pump) => pump.close())).then(
    () => process.exit(0),
    (error) => {
      fail(error);
      process.exit(1);
    },
  );
});
