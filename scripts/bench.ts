import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { benchIngest, type IngestResult } from '../tests/bench/ingest-bench.ts';

const usage = `npm run bench -- ingest [--messages N] [--pumps N] [--rounds N] [--json]
  ingest   messages committed per second and CPU per message of broker and ingest, beside a floor in the same run
           (mqtt.js + JSON.parse + binary COPY behind aedes with the same settings; no validation, no rules)
  Uses DATABASE_URL if set, which must be an empty database, else an embedded PostgreSQL. Writes bench-results/*.json.`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      messages: { type: 'string', default: '200000' },
      pumps: { type: 'string', default: '500' },
      rounds: { type: 'string', default: '3' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [what] = positionals;
  if (values.help || what !== 'ingest') {
    process.stderr.write(`${usage}\n`);
    return values.help ? 0 : 2;
  }
  const count = (name: 'messages' | 'pumps' | 'rounds') => {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < 1)
      throw new Error(`--${name}: got ${values[name]}; expected a number from 1`);
    return value;
  };
  const result = await benchIngest({
    messages: count('messages'),
    pumps: count('pumps'),
    rounds: count('rounds'),
    databaseUrl: process.env.DATABASE_URL || null,
    log: (line) => process.stderr.write(`${line}\n`),
  });
  mkdirSync('bench-results', { recursive: true });
  writeFileSync('bench-results/ingest.json', `${JSON.stringify(result, null, 2)}\n`);
  process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : table(result));
  return 0;
}

function table({ rounds, ratio, messages, pumps }: IngestResult): string {
  const line = (name: string, cells: (string | number)[]) =>
    `${name.padEnd(22)}${cells.map((cell) => String(cell).padStart(14)).join('')}\n`;
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
  ].join('');
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
});
