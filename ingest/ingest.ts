import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { z } from 'zod';
import type { Command } from '#schemas/messages/control.ts';
import type { CanaryEcho, liveProvisional, liveReply } from '#schemas/messages/live.ts';
import { type PumpTopic, serviceTopics, topicPrefix } from '#schemas/topics.ts';
import { Acknowledger } from './acknowledge.ts';
import { linkToBroker } from './broker-link.ts';
import { CareLoader } from './care-loader.ts';
import type { IngestConfig } from './config.ts';
import { openPool, run } from './database.ts';
import type { PumpMemory } from './fleet.ts';
import { serveHealth } from './health.ts';
import { Hearing } from './hearing.ts';
import { shardOfPump } from './ids.ts';
import type { Waiting } from './incoming.ts';
import { keepLeases, writerOf } from './lease.ts';
import { LivePublisher, liveEveryMs } from './live.ts';
import { createMetrics } from './metrics.ts';
import { Outage } from './outage.ts';
import { inMessages } from './provisional.ts';
import { readCanary, receive, receiveRefused } from './receive.ts';
import type { AlertEffect, Rows } from './rows.ts';
import { passed } from './steps.ts';
import { evaluateTherapies } from './therapies/evaluate.ts';
import { Writer } from './writer.ts';

/** The commands of a pump that are ingest's own. */
type Asked = Omit<Extract<Command, { cmd: 'backfill' }>, 'id'> | Omit<Extract<Command, { cmd: 'hello' }>, 'id'>;

export type Ingest = { worker: string; httpPort: number; close: () => Promise<void> };

const leaseEveryMs = 1_000;
/** How often is looked whether care changed. */
const careEveryMs = 1_000;
/** Rounds of the rules that need no pump; each therapy is looked at every `lookEveryS`, whoever does it. */
const therapiesEveryMs = 10_000;
const therapiesAfterMs = 60_000;
/** Greetings to the pumps of a shard just taken are spread over this time, ms. */
const greetOverMs = 3_000;
/** A pump silent for longer is not waiting for us, ms. */
const greetSilentForMs = 600_000;

/**
 * Starts one ingest worker: MQTT → cursor → rules → one transaction → acknowledgement, for the shards that it owns.
 * @throws ConfigError when the service's token can't be read. A broker or database that is away is waited for.
 */
export async function startIngest(config: IngestConfig, { log }: { log: Logger }): Promise<Ingest> {
  const worker = `ingest-${randomBytes(6).toString('hex')}`;
  const now = Date.now;
  const startedAt = now();
  const metrics = createMetrics();
  // One for each writer, two for leases and loading, one for what is on record of patients, one for the therapies.
  const pool = openPool(config.databaseUrl, config.writers + 4);
  pool.on('error', (error) => log.warn({ err: error }, 'an idle database connection broke'));
  const outage = new Outage(now);
  const hearing = new Hearing();
  const care = new CareLoader({ pool, log, now });
  const topics = new Map<string, PumpTopic | null>();
  const greetings = new Set<NodeJS.Timeout>();
  let provisionalMessages = 1;

  const writers = Array.from(
    { length: config.writers },
    () =>
      new Writer({
        pool,
        log,
        worker,
        now,
        giveCare: (pumps) => care.give(pumps),
        hearingSince: () => hearing.since(now()),
        maxQueuedBytes: Math.ceil(config.maxQueuedBytes / config.writers),
        events: { committed, databaseFailed, databaseAnswered },
      }),
  );
  const link = await linkToBroker(config, log, [serviceTopics.allCanaries, serviceTopics.refused], onMessage);
  const acknowledger = new Acknowledger(link.publish, () => windowFor(writers));
  const live = new LivePublisher(link.publish);

  function onMessage(topic: string, payload: Buffer, receivedAt: number): void {
    metrics.messages.inc();
    if (topic.startsWith(canaryPrefix)) {
      echo(payload);
      return;
    }
    if (topic === serviceTopics.refused) {
      const refused = receiveRefused(payload, shardOfPump, receivedAt);
      // Every worker hears it; the owner of the pump's shard keeps it.
      if (refused && writerOf(writers, refused.shard).owns(refused.shard)) take(refused);
      return;
    }
    const received = receive(topics, shardOfPump, topic, payload, receivedAt);
    if ('take' in received) take(received.take);
    else if ('reply' in received) {
      const { shard, ...answer } = received.reply;
      const reply: z.infer<typeof liveReply> = answer;
      link.publish(serviceTopics.liveReplies(shard), JSON.stringify(reply));
    } else metrics.ignored.inc({ why: received.ignore });
  }

  function take(waiting: Waiting): void {
    passed('received');
    const writer = writerOf(writers, waiting.shard);
    // What is sent again during an outage waits here already, or its pump is asked for it when the outage is over.
    if (outage.isOn && !outage.evaluate(writer, waiting) && writer.isDown) {
      metrics.ignored.inc({ why: 'sent again' });
      return;
    }
    if (!writer.push(waiting)) {
      metrics.dropped.inc();
      outage.dropped(waiting.pump, waiting.shard);
    }
  }

  function echo(payload: Buffer): void {
    const read = readCanary(payload);
    if (!read) return;
    const answer: CanaryEcho = {
      ...read,
      worker,
      shards: writers.flatMap((writer) => writer.shards),
      databaseDownSince: outage.since,
      behindMs: behindMs(),
    };
    link.publish(serviceTopics.canaryEcho(worker), JSON.stringify(answer));
  }

  /** How long the oldest message has been waiting, ms. */
  function behindMs(): number {
    return Math.max(0, ...writers.map(({ queue }) => now() - (queue.oldestAt ?? now())));
  }

  function committed(rows: Rows, outcome: { head: number | null; tookMs: number }): void {
    passed('before-ack');
    acknowledger.committed(rows, now());
    passed('ack-sent');
    live.committed(rows, outcome.head);
    for (const { pump, shard, epoch, ranges } of rows.backfills) {
      command(pump, shard, { cmd: 'backfill', args: { epoch, ranges } });
    }
    metrics.backfills.inc(rows.backfills.length);
    metrics.records.inc(rows.records);
    metrics.duplicates.inc(rows.duplicates);
    metrics.rejected.inc(rows.rejected.length);
    for (const { effect } of rows.alerts) if (effect.do === 'raise') metrics.alerts.inc({ priority: effect.priority });
    if (rows.records > 0) metrics.commitSeconds.observe(outcome.tookMs / 1000);
  }

  function databaseFailed(error: unknown, unrecorded: readonly AlertEffect[] = []): void {
    const begun = outage.begin(writers);
    outage.unrecorded(unrecorded);
    if (begun) log.error({ err: error }, 'the database does not answer: nothing is recorded');
  }

  function databaseAnswered(): void {
    const over = outage.end(writers);
    if (!over) return;
    log.info({ forMs: over.forMs, dropped: over.dropped.length }, 'the database answers again');
    publishProvisional();
    // What memory could not hold is still in the pumps' journals.
    for (const { pump, shard } of over.dropped) askForHello(pump, shard);
  }

  function* allPumps(): Iterable<PumpMemory> {
    for (const writer of writers) yield* writer.pumps.values();
  }

  function askForHello(pump: string, shard: number): void {
    command(pump, shard, { cmd: 'hello', args: {} });
  }

  /** What ingest may ask of a pump: what is missing, and who it is. */
  function command(pump: string, shard: number, asked: Asked): void {
    const given: Command = { id: randomBytes(8).toString('hex'), ...asked };
    link.publish(`${topicPrefix(shard, pump)}/down/cmd`, JSON.stringify(given), 1);
  }

  /** Pumps of shards just taken may have been sending to nobody: a hello command ends their back-off. Spread over time. */
  function greet(taken: readonly number[]): void {
    for (const shard of taken) {
      for (const pump of writerOf(writers, shard).pumps.values()) {
        if (pump.shard !== shard || now() - (pump.rules.contactAt ?? 0) > greetSilentForMs) continue;
        const timer = setTimeout(() => {
          greetings.delete(timer);
          askForHello(pump.pump, shard);
        }, Math.random() * greetOverMs);
        greetings.add(timer);
      }
    }
  }

  function publishProvisional(): void {
    const messages = inMessages(outage.alerts);
    // What a smaller set no longer needs is emptied, rather than left to expire.
    while (messages.length < provisionalMessages) messages.push([]);
    provisionalMessages = messages.length;
    for (const [n, alerts] of messages.entries()) {
      const message: z.infer<typeof liveProvisional> = { at: now(), since: outage.since, alerts };
      // Each part as if from a worker of its own: the screens' processes show the union.
      link.publish(serviceTopics.provisional(n === 0 ? worker : `${worker}.${n + 1}`), JSON.stringify(message));
    }
    if (!outage.isOn) provisionalMessages = 1;
  }

  const timers = [
    repeat(leaseEveryMs, log, () =>
      keepLeases({ pool, log, worker, writers, subscribe: link.subscribe, unsubscribe: link.unsubscribe }).then(
        (taken) => {
          databaseAnswered();
          greet(taken);
        },
        (error) => databaseFailed(error),
      ),
    ),
    repeat(1_000, log, async () => {
      hearing.look(now(), link.isUp());
      for (const writer of writers) writer.tick();
      acknowledger.forget((pump) => {
        const writer = writerOf(writers, shardOfPump(pump));
        return writer.pumps.has(pump) && writer.holdsLeases(now());
      });
      acknowledger.flush(now());
      metrics.queued.set(writers.reduce((sum, writer) => sum + writer.queue.size, 0));
      metrics.shards.set(writers.reduce((sum, writer) => sum + writer.shards.length, 0));
      metrics.databaseUp.set(outage.isOn ? 0 : 1);
      if (outage.isOn && outage.tick(writers)) publishProvisional();
    }),
    repeat(careEveryMs, log, async () => {
      // During an outage the pumps keep what was known last; writers say that there is one.
      if (outage.isOn) return;
      const changed = await care.refresh(allPumps);
      if (changed) for (const writer of writers) writer.tick();
    }),
    repeat(therapiesEveryMs, log, async () => {
      // What was given while we did not listen comes in first: nothing is missed because it waits in a journal.
      if (outage.isOn || now() - startedAt < therapiesAfterMs || behindMs() > therapiesEveryMs) return;
      await evaluateTherapies({ pool, log, now });
    }),
    repeat(liveEveryMs, log, async () => {
      passed('before-live');
      live.flush(now());
      passed('live-sent');
    }),
  ];

  const health = await serveHealth({ host: config.host, port: config.httpPort, registry: metrics.registry }, () => {
    if (outage.isOn) return 'the database does not answer';
    if (!link.isUp()) return 'no link to the broker';
    if (writers.every((writer) => writer.shards.length === 0)) return 'no shard is owned yet';
    return null;
  });
  log.info({ worker, port: health.port }, 'ingest started');

  return {
    worker,
    httpPort: health.port,
    async close() {
      for (const stop of timers) await stop();
      for (const timer of greetings) clearTimeout(timer);
      const shards = writers.flatMap((writer) => writer.shards);
      await link.unsubscribe(shards).catch((error) => log.warn({ err: error }, 'unsubscribe'));
      await Promise.all(writers.map((writer) => writer.close()));
      acknowledger.flushAll(now());
      live.flush(now());
      await run(pool, 'leaveWorker', [worker]).catch((error) => log.warn({ err: error }, 'leaving'));
      await link.close();
      await health.close();
      await pool.end();
    },
  };
}

const canaryPrefix = serviceTopics.canary('');

const busyBytes = 16 * 1024 * 1024;

/** Fewer records in flight per pump while much is waiting. */
function windowFor(writers: readonly Writer[]): number {
  const waiting = writers.reduce((sum, writer) => sum + writer.queue.bytes, 0);
  return waiting > busyBytes ? 200 : 1_000;
}

/** Calls `work` again and again, never twice at a time; the returned function stops it and waits for the running call. */
function repeat(everyMs: number, log: Logger, work: () => Promise<void>): () => Promise<void> {
  let stopped = false;
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> = Promise.resolve();
  const next = () => {
    running = work()
      .catch((error) => log.error({ err: error }, 'periodic work'))
      .then(() => {
        if (!stopped) timer = setTimeout(next, everyMs);
      });
  };
  timer = setTimeout(next, 0);
  return async () => {
    stopped = true;
    if (timer) clearTimeout(timer);
    await running;
  };
}
