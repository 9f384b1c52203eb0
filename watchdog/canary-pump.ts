import { createHash, randomInt } from 'node:crypto';
import mqtt from 'mqtt';
import type { Logger } from 'pino';
import { ack, command } from '#schemas/messages/control.ts';
import { shardOf, topicPrefix } from '#schemas/topics.ts';
import { acknowledged, addSample, type CanaryRecord, openJournal, saveJournal } from './canary-journal.ts';

/** First pause before everything unacknowledged is sent again, and the longest one. */
const resendMs = { first: 10_000, longest: 300_000 };

export type CanaryPump = {
  linked(): boolean;
  /** Writes one sample to the journal and publishes it. @throws Error when the journal can't be written */
  sample(): void;
  /** Age of the oldest record that is not known to be committed, ms; null: all are. */
  uncommittedMs(): number | null;
  close(): Promise<void>;
};

export type CanaryOptions = {
  mqttUrl: string;
  tlsCa: Buffer | null;
  pump: string;
  token: string;
  journalFile: string;
  log: Logger;
  /** A record is committed, this long after it was first published. */
  committed(tookMs: number): void;
};

/** A pump like any other, on its own topics and with its own token: it keeps what is not acknowledged and sends it again. */
export function startCanaryPump(options: CanaryOptions): CanaryPump {
  const { pump, journalFile, log } = options;
  const opened = openJournal(journalFile);
  if (opened.lost) log.warn({ file: journalFile }, 'the canary pump lost its journal: a new epoch begins');
  let journal = opened.journal;
  saveJournal(journalFile, journal);
  const prefix = topicPrefix(shardOf(createHash('sha256').update(pump).digest()[0] ?? 0), pump);
  const startedAt = performance.now();
  /** When this process first had a record; those of an earlier one count from the start. */
  const since = new Map<number, number>();
  let resend = { dueAt: 0, pauseMs: resendMs.first };
  let ready = false;

  const client = mqtt.connect(options.mqttUrl, {
    protocolVersion: 4,
    clientId: pump,
    username: pump,
    password: options.token,
    clean: true,
    keepalive: 10,
    connectTimeout: 5_000,
    reconnectPeriod: randomInt(1_000, 3_000),
    reconnectOnConnackError: true,
    queueQoSZero: false,
    resubscribe: false,
    will: {
      topic: `${prefix}/up/will`,
      payload: Buffer.from(JSON.stringify({ epoch: journal.epoch, boot: journal.boot })),
      qos: 1,
      retain: false,
    },
    ...(options.tlsCa === null ? {} : { ca: options.tlsCa }),
  });
  const publish = (lane: 'hello' | 'telemetry' | 'reply', message: unknown) => {
    // What a broken link drops is still in the journal: an error here is told by `close`.
    if (client.connected) client.publish(`${prefix}/up/${lane}`, JSON.stringify(message), { qos: 1 }, () => {});
  };
  const stamp = () => ({ v: 1, epoch: journal.epoch, boot: journal.boot, sentAt: new Date().toISOString() });
  const uptimeMs = () => Math.round(performance.now());

  function send(records: readonly CanaryRecord[]): void {
    if (ready && records.length > 0) publish('telemetry', { ...stamp(), uptimeMs: uptimeMs(), records });
  }

  function sendAll(pauseMs: number): void {
    resend = { dueAt: performance.now() + pauseMs, pauseMs };
    send(journal.records);
  }

  function sendHello(): void {
    const first = journal.records[0]?.seq ?? journal.last;
    publish('hello', { ...stamp(), uptimeMs: uptimeMs(), first, last: journal.last, sampleEveryS: 10 });
    sendAll(resendMs.first);
  }

  client.on('connect', () => {
    client.subscribe({ [`${prefix}/down/ack`]: { qos: 0 }, [`${prefix}/down/cmd`]: { qos: 1 } }, (error) => {
      if (error) return void log.warn({ err: error }, 'the canary pump could not subscribe');
      ready = true;
      sendHello();
    });
  });
  client.on('close', () => {
    ready = false;
  });
  client.on('error', (error) => log.debug({ err: error }, 'the canary pump has no broker'));
  client.on('message', (topic, payload) => {
    const message = parse(payload);
    if (topic.endsWith('/down/ack')) heardAck(message);
    else heardCommand(message);
  });

  function heardAck(message: unknown): void {
    const heard = ack.safeParse(message).data;
    if (heard === undefined || heard.epoch !== journal.epoch) return;
    const next = acknowledged(journal, heard.upTo);
    const now = performance.now();
    for (const { seq } of journal.records.slice(0, journal.records.length - next.records.length)) {
      options.committed(now - (since.get(seq) ?? startedAt));
      since.delete(seq);
    }
    // Written with the next sample. A journal that is older on disk only sends again what is committed.
    journal = next;
    if (heard.missing.length > 0) sendAll(resendMs.first);
  }

  function heardCommand(message: unknown): void {
    const heard = command.safeParse(message).data;
    if (heard === undefined) return;
    const known = heard.cmd === 'hello' || heard.cmd === 'backfill';
    if (known) sendHello();
    publish('reply', known ? { id: heard.id, ok: true } : { id: heard.id, ok: false, error: 'not for a canary' });
  }

  return {
    linked: () => ready,
    sample: () => {
      const now = performance.now();
      journal = addSample(journal, Date.now(), now);
      saveJournal(journalFile, journal);
      since.set(journal.last, now);
      const oldest = journal.records[0]?.seq ?? journal.last;
      for (const seq of since.keys()) if (seq < oldest) since.delete(seq);
      if (ready && journal.records.length > 1 && now >= resend.dueAt) {
        sendAll(Math.min(2 * resend.pauseMs, resendMs.longest));
      } else send(journal.records.slice(-1));
    },
    uncommittedMs: () => {
      const [oldest] = journal.records;
      return oldest === undefined ? null : performance.now() - (since.get(oldest.seq) ?? startedAt);
    },
    close: () => client.endAsync(true).then(() => undefined),
  };
}

function parse(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8'));
  } catch {
    return null;
  }
}
