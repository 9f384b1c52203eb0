import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type AlertBenchResult, type AlertDelays, benchAlert, hops, shares } from '../tests/bench/alert-bench.ts';
import { benchIngest, type IngestResult } from '../tests/bench/ingest-bench.ts';

const usage = `npm run bench -- ingest [--messages N] [--pumps N] [--rounds N] [--json]
npm run bench -- alert [--alarms N] [--rate N] [--history N] [--json]
  ingest   messages committed per second and CPU per message of broker and ingest, beside a floor in the same run
           (mqtt.js + JSON.parse + binary COPY behind aedes with the same settings; no validation, no rules)
  alert    pump alarm → painted in an open browser (Chromium): with nothing else to do, then under a fleet of N messages
           a second while a query reads N samples of history again and again; N alarms under load, a sixth before it
  ingest uses DATABASE_URL if set, which must be an empty database; else an embedded PostgreSQL is made.
  Writes bench-results/*.json.`;

type Count = (name: 'messages' | 'pumps' | 'rounds' | 'alarms' | 'rate' | 'history', usual: number) => number;

async function main(): Promise<number> {
  const number = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...{ messages: number, pumps: number, rounds: number, alarms: number, rate: number, history: number },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [what] = positionals;
  if (values.help || (what !== 'ingest' && what !== 'alert')) {
    process.stderr.write(`${usage}\n`);
    return values.help ? 0 : 2;
  }
  const count: Count = (name, usual) => {
    const value = Number(values[name] ?? usual);
    if (!Number.isInteger(value) || value < 1)
      throw new Error(`--${name}: got ${values[name]}; expected a number from 1`);
    return value;
  };
  const { result, text } = what === 'ingest' ? await runIngest(count) : await runAlert(count);
  mkdirSync('bench-results', { recursive: true });
  writeFileSync(`bench-results/${what}.json`, `${JSON.stringify(result, null, 2)}\n`);
  process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : text);
  return 0;
}

const log = (line: string) => process.stderr.write(`${line}\n`);

async function runIngest(count: Count) {
  const result = await benchIngest({
    messages: count('messages', 200_000),
    pumps: count('pumps', 500),
    rounds: count('rounds', 3),
    databaseUrl: process.env.DATABASE_URL || null,
    log,
  });
  return { result, text: ingestTable(result) };
}

async function runAlert(count: Count) {
  const folder = mkdtempSync(join(tmpdir(), 'dripwatch-bench-'));
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  try {
    const options = {
      alarms: count('alarms', 240),
      messagesPerS: count('rate', 5_000),
      historyRows: count('history', 2_000_000),
    };
    const result = await benchAlert(options, { folder, log, signal: stop.signal });
    return { result, text: alertTable(result) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const line = (name: string, cells: (string | number)[]) =>
  `${name.padEnd(22)}${cells.map((cell) => String(cell).padStart(14)).join('')}\n`;

function ingestTable({ rounds, ratio, rules, messages, pumps }: IngestResult): string {
  const runs = rounds.flatMap((round, i) =>
    (['floor', 'dripwatch'] as const).map((which) =>
      line(`${i + 1} ${which}`, [
        Math.round(round[which].messagesPerS).toLocaleString('en'),
        round[which].brokerMicrosPerMessage.toFixed(1),
        round[which].ingestMicrosPerMessage.toFixed(1),
      ]),
    ),
  );
  return [
    `${messages.toLocaleString('en')} messages of one sample, QoS 1, from ${pumps} pumps; all on this machine\n`,
    line('', ['messages/s', 'broker µs/msg', 'ingest µs/msg']),
    ...runs,
    line('ratio (median)', [ratio.messages.toFixed(2), ratio.brokerCpu.toFixed(2), ratio.ingestCpu.toFixed(2)]),
    line('must be', ['≥ 0.80', '', '≤ 1.60']),
    `every pump has an order, and a library is published. In process, a record costs ${rules.withoutMicros.toFixed(2)} µs of CPU `,
    `without the second check and ${rules.withMicros.toFixed(2)} µs with it: ${rules.secondCheckMicros.toFixed(2)} µs, × `,
    `${(rules.withMicros / rules.withoutMicros).toFixed(2)}\n`,
  ].join('');
}

function alertTable({ idle, loaded, messagesPerS, queries, queryMs }: AlertBenchResult): string {
  return [
    `loaded: ${Math.round(messagesPerS).toLocaleString('en')} messages/s committed beside the alarms, `,
    `${queries} heavy queries of ${(queryMs / 1_000).toFixed(1)} s\n`,
    ...delayLines('idle', idle),
    ...delayLines('loaded', loaded),
    line('must be', ['', '', 'painted < 250', '']),
  ].join('');
}

const hopWords = { broker: 'broker', received: 'ingest', committed: 'committed', sent: 'sent', rendered: 'painted' };

function delayLines(name: string, { alarms, painted, until, alarmAt }: AlertDelays): string[] {
  const row = (words: string, ofShare: (share: (typeof shares)[number]) => number) =>
    line(
      words,
      shares.map((share) => ofShare(share).toFixed(0)),
    );
  return [
    `${name}: ${painted} of ${alarms} alarms painted; from the pump’s record, ms\n`,
    line('', [...shares]),
    ...hops.map((hop) => row(`to ${hopWords[hop]}`, (share) => until[hop][share])),
    'of the alarm that stands there by its whole way, each hop from the one before, ms\n',
    ...hops.map((hop) => row(`  … ${hopWords[hop]}`, (share) => alarmAt[share][hop])),
  ];
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
});
