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
  /** Pumps are named PREFIX0001, PREFIX0002 … */
  prefix: z.string().default('PUMP-'),
  /** How many times as often as usual a pump meets an alarm. */
  alarmRate: z.number().default(100),
  /** A pump's first therapy starts within this time. */
  startWithinMs: z.int().default(3_000),
  /** Only get credentials, then end. */
  provisionOnly: z.boolean(),
});
export type PumpsSettings = z.input<typeof settings>;

export type PumpsOrder =
  | { do: 'fault'; pump: number; fault: Fault }
  /** Writes a record that a schema lets through and the database refuses. */
  | { do: 'write-refused'; pump: number }
  | { do: 'finish' };
const order = z.custom<PumpsOrder>(
  (value) => z.object({ do: z.enum(['fault', 'write-refused', 'finish']) }).safeParse(value).success,
);
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
    prefix: given.prefix,
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
const ids = pumpIds(given.prefix, given.pumps);
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
    alarmsPerHour: usualSettings.alarmsPerHour * given.alarmRate,
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
    startWithinMs: given.startWithinMs,
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
  if (given.do === 'write-refused') {
    tellPoison(pump, 1);
    pump.device.writeUnreadable('programme', { infusion: 1, drug: refusedDrug });
    return;
  }
  if (given.fault.fault === 'poison') tellPoison(pump, poisonRecords);
  befall(pump, given.fault, truth, host.world());
}
const poisonRecords = 6;
/** What a database of this run was told to refuse (crash-points/run.ts). */
const refusedDrug = 'refused by the database';

/** Said before it is written: the checker must know which records were never meant to be read. */
function tellPoison(pump: SimPump, records: number): void {
  const { epoch, last } = pump.device.journal;
  history?.write({ pump: pump.id, epoch, event: 'poison', from: last + 1, to: last + records });
}

await startAll(pumps, stop.signal);
process.on('message', (message) => obey(order.parse(message)));
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
