// The platform on the virtual clock: what ingest does with a message and with a second, without broker and database. What it
// would have written of alerts is kept, with the moment at which it said so.
import { createHash } from 'node:crypto';
import { hello } from '#schemas/messages/control.ts';
import { readBatch } from '#schemas/messages/read-batch.ts';
import type { Priority } from '#schemas/messages/record.ts';
import type { RuleEffect } from '#schemas/rules/pump-rule-state.ts';
import type { TherapyEffect } from '#schemas/rules/therapy/therapy-state.ts';
import { shardOf } from '#schemas/topics.ts';
import { buildBatch, buildHello, buildTime } from '../../ingest/build.ts';
import { CopyBuffer } from '../../ingest/copy-binary.ts';
import { newPump, type PumpMemory } from '../../ingest/fleet.ts';
import type { Incoming } from '../../ingest/incoming.ts';
import { readMessage } from '../../ingest/receive.ts';
import { buildUnreadable } from '../../ingest/rejected-rows.ts';
import { newRows, type Rows } from '../../ingest/rows.ts';
import type { Sent } from './virtual-pump.ts';

/** An alert as the platform said it. Times are ms of the virtual clock. */
export type Seen = {
  id: string;
  pump: string;
  type: string;
  /** As it stands, and as it was first said. */
  priority: Priority;
  firstPriority: Priority;
  message: string;
  detail: Record<string, unknown>;
  /** When it was first said, and since when it says that it is so. */
  seenAt: number;
  raisedAt: number;
  late: boolean;
  endedAt: number | null;
  endReason: string | null;
  /** When it was said again, or at another priority. */
  again: { at: number; priority: Priority }[];
};

export type BedOptions = {
  /** Since when the platform listens: within the grace after it nobody is silent. */
  listeningSince: number;
  /** Each message as bytes, read as ingest reads them; else as the object that its JSON stands for. */
  asBytes: boolean;
};

/** Rows are thrown away after so many records. */
const keptRecords = 500;

export class Bed {
  readonly pumps = new Map<string, PumpMemory>();
  readonly alerts: Seen[] = [];
  readonly #byId = new Map<string, Seen>();
  readonly #samples = new CopyBuffer(256 * 1024);
  readonly #options: BedOptions;
  #rows: Rows;
  #forgotten = 0;

  constructor(options: BedOptions) {
    this.#options = options;
    this.#rows = newRows(this.#samples.clear());
  }

  get records(): number {
    return this.#forgotten + this.#rows.records;
  }

  add(id: string, status: string | null): PumpMemory {
    const shard = shardOf(createHash('sha256').update(id).digest()[0] ?? 0);
    const pump = newPump(id, shard, status);
    this.pumps.set(id, pump);
    return pump;
  }

  /** One message. */
  take(sent: Sent): void {
    const pump = this.pumps.get(sent.pump);
    if (!pump) throw new RangeError(`${sent.pump} is not provisioned`);
    const incoming = this.#options.asBytes ? asBytes(sent, pump.shard) : asObject(sent, pump.shard);
    const rows = this.#rows;
    if (incoming.what === 'unreadable') buildUnreadable(rows, pump, incoming);
    else if (incoming.what === 'hello') buildHello(rows, pump, incoming);
    else buildBatch(rows, pump, incoming);
    this.#note(sent.at);
    if (rows.records >= keptRecords) this.#forgetRows();
  }

  /** What time alone decides. @returns pumps that are asked for what is missing */
  tick(now: number): string[] {
    const rows = this.#rows;
    for (const pump of this.pumps.values()) buildTime(rows, pump, now, this.#options.listeningSince);
    this.#note(now);
    if (rows.backfills.length === 0) return [];
    return rows.backfills.splice(0).map(({ pump }) => pump);
  }

  #note(now: number): void {
    const { alerts } = this.#rows;
    if (alerts.length === 0) return;
    for (const { pump, effect } of alerts.splice(0)) this.say(pump, effect, now);
  }

  /** Something is said of a pump, or of its patient's therapy. */
  say(pump: string, effect: RuleEffect | TherapyEffect, now: number): void {
    if (effect.do === 'raise') {
      const { id, type, priority, message, detail, raisedAt, ended } = effect;
      const late = 'late' in effect && effect.late;
      const said = { id, pump, type, priority, firstPriority: priority, message, detail, raisedAt, late, seenAt: now };
      const seen: Seen = { ...said, again: [], endedAt: ended?.at ?? null, endReason: ended?.reason ?? null };
      this.alerts.push(seen);
      this.#byId.set(id, seen);
      return;
    }
    const known = this.#byId.get(effect.id);
    if (!known) return;
    if (effect.do === 'end') {
      known.endedAt = effect.at;
      known.endReason = effect.reason;
    } else if (effect.do === 'reopen') {
      known.endedAt = null;
      known.again.push({ at: now, priority: known.priority });
    } else {
      known.priority = effect.priority;
      known.detail = { ...known.detail, ...effect.detail };
      if ('message' in effect) known.message = effect.message ?? known.message;
      known.again.push({ at: now, priority: effect.priority });
    }
  }

  #forgetRows(): void {
    this.#forgotten += this.#rows.records;
    for (const journal of this.#rows.journals) journal.clockChanged = false;
    this.#rows = newRows(this.#samples.clear());
  }
}

function asBytes({ pump, lane, body, at }: Sent, shard: number): Incoming {
  const payload = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return readMessage({ what: 'raw', pump, shard, lane, receivedAt: at, payload });
}

/** The same reading without making bytes of it and back: for a fleet of many days. */
function asObject(sent: Sent, shard: number): Incoming {
  const { pump, lane, body, at: receivedAt } = sent;
  if (typeof body === 'string') return asBytes(sent, shard);
  if (lane === 'hello') return { what: 'hello', pump, shard, receivedAt, hello: hello.parse(body) };
  const batch = readBatch(body);
  if (!batch.ok) throw new RangeError(`${pump}: ${batch.reason}`);
  const { envelope, records, rejected, sentAt } = batch;
  const { epoch, boot } = envelope;
  const uptimeMs = envelope.uptimeMs ?? null;
  return {
    what: 'batch',
    pump,
    shard,
    lane,
    receivedAt,
    brokerAt: null,
    epoch,
    boot,
    sentAt,
    uptimeMs,
    records,
    rejected,
  };
}
