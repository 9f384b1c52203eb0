// The shortest honest pipeline: mqtt.js, JSON.parse, binary COPY. No validation, no cursor, no rules, no
// acknowledgement. Batches as ingest does: at most 1,000 rows or 100 ms, one COPY in flight.
import mqtt from 'mqtt';
import pg from 'pg';
import { from } from 'pg-copy-streams';
import { CopyBuffer } from '../../ingest/copy-binary.ts';

const [url = '', database = ''] = process.argv.slice(2);
const copy =
  'copy floor_telemetry (at, pump_id, epoch_no, seq, infusion, state, rate_ml_per_h, infused_ml, reservoir_ml, pressure_kpa, battery_pct, received_at) from stdin (format binary)';
const db = new pg.Client({ connectionString: database });
await db.connect();
const client = await mqtt.connectAsync(url, { clientId: 'floor-ingest', keepalive: 30, protocolVersion: 4 });

let rows = new CopyBuffer();
let busy = false;
let timer: NodeJS.Timeout | null = null;

function flush(): void {
  if (timer) clearTimeout(timer);
  timer = null;
  if (busy || rows.rows === 0) return;
  busy = true;
  const bytes = rows.finish();
  rows = new CopyBuffer();
  const stream = db.query(from(copy));
  stream.on('error', (error) => {
    throw error;
  });
  stream.on('finish', () => {
    busy = false;
    if (rows.rows >= 1_000) flush();
    else if (rows.rows > 0) timer ??= setTimeout(flush, 100);
  });
  stream.end(bytes);
}

client.on('message', (topic, payload) => {
  const receivedAt = Date.now();
  const batch = JSON.parse(payload.toString());
  const pump = topic.split('/')[3] ?? '';
  for (const record of batch.records) {
    rows.row(12);
    rows.time(Date.parse(record.at));
    rows.text(pump);
    rows.int4(1);
    rows.int8(record.seq);
    rows.int8(record.infusion);
    rows.text(record.state);
    rows.float8(record.rateMlPerH);
    rows.float8(record.infusedMl);
    rows.float8(record.reservoirMl);
    rows.float8(record.pressureKpa);
    rows.float8(record.batteryPct);
    rows.time(receivedAt);
  }
  if (rows.rows >= 1_000) flush();
  else timer ??= setTimeout(flush, 100);
});
await client.subscribeAsync('dw/1/+/+/up/+', { qos: 0 });
process.send?.({ ready: true });
process.on('disconnect', () => process.exit());
