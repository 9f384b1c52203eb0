import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Command } from '#schemas/messages/control.ts';
import { type LiveReply, liveReply } from '#schemas/messages/live.ts';
import {
  type PartAnswer,
  type PartRange,
  partToSend,
  sendPart,
  type Transfer,
  takeAnswer,
} from '#schemas/rules/library-transfer.ts';
import { topicPrefix } from '#schemas/topics.ts';
import type { BrokerLink } from '../broker-link.ts';
import { type Database, isDatabaseAway } from '../database.ts';
import { createFileParts } from './file-parts.ts';
import { takeLatecomers } from './latecomers.ts';

// Hands libraries to pumps. Everything that must survive stands in the database, so any number of api processes may do
// this side by side, and one that starts goes on where another was killed.

const everyMs = 500;
const upkeepEveryMs = 1_000;
const latecomersEveryMs = 10_000;
/** Parts that may be on their way to pumps at once, of all processes: 12 MB within the broker at most. */
const window = 256;
/** Parts that one process sends at once. */
const atOnce = 64;
/** Answers that wait to be written down; what is beyond them is asked for again. */
const mostAnswers = 10_000;

export type DueRow = Transfer & {
  assignment: string;
  pump: string;
  shard: number;
  versionName: string;
  saidHello: boolean;
};
type AnsweredRow = Transfer & { assignment: string; pump: string; part: number; parts: number; command: string };

export type Distributor = { start(): void; close(): Promise<void> };

export function createDistributor({ db, broker }: { db: Database; broker: BrokerLink }, log: Logger): Distributor {
  const files = createFileParts();
  const answers: LiveReply[] = [];
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> | null = null;
  let closed = false;
  let again = false;
  const last = { upkeep: 0, latecomers: 0 };

  broker.onLive((topic, payload) => {
    if (!topic.endsWith('/reply') || answers.length >= mostAnswers) return;
    const read = liveReply.safeParse(parseJson(payload));
    if (!read.success) return;
    answers.push(read.data);
    poke();
  });

  /** Writes down what pumps answered. Another process that heard the same answers finds nothing to write. */
  async function takeAnswers(): Promise<void> {
    const taken = answers.splice(0, 1_000);
    if (taken.length === 0) return;
    const byCommand = new Map(taken.map((answer) => [answer.id, answer]));
    await db.transaction(async (query) => {
      const rows = await query<AnsweredRow>('library_transfers_answered', [[...byCommand.keys()]]);
      const changed = rows.flatMap((row) => {
        const answer = byCommand.get(row.command);
        // Only the pump itself answers for it.
        if (answer?.pump !== row.pump) return [];
        return [answered(row, answer)];
      });
      if (changed.length > 0) await query('library_transfers_took', [JSON.stringify(changed)]);
    });
  }

  /** Sends every part that may go now. @returns whether there may be more */
  async function send(): Promise<boolean> {
    if (!broker.connected()) return false;
    const due = await db.transaction(async (query) => {
      const rows = await query<DueRow>('library_transfers_due', [atOnce, window]);
      const leaving = [];
      for (const row of rows) {
        const file = await files.of(query, row.versionName);
        const part = partToSend(row.missing, file.parts);
        const { next, waitMs } = sendPart(row.saidHello ? { ...row, sends: 0 } : row);
        leaving.push({ row, next, part, command: randomUUID(), wait_ms: waitMs, args: file.argsOf(part) });
      }
      if (leaving.length > 0) {
        const marks = leaving.map(({ row, next, part, command, wait_ms }) => {
          const { assignment, pump } = row;
          return { assignment, pump, state: next.state, sends: next.sends, part, command, wait_ms };
        });
        await query('library_transfers_sent', [JSON.stringify(marks)]);
      }
      return leaving;
    });
    // Written down before it leaves. What the broker does not take goes again, like what a pump does not answer.
    await Promise.all(
      due.map(({ row, command, args }) => {
        const message: Command = { id: command, cmd: 'library', args };
        return broker.publish(`${topicPrefix(row.shard, row.pump)}/down/cmd`, message, 1);
      }),
    );
    return due.length === atOnce;
  }

  async function work(): Promise<void> {
    await takeAnswers();
    const now = Date.now();
    if (now - last.upkeep >= upkeepEveryMs) {
      last.upkeep = now;
      await db.query('library_transfers_retire');
      await db.query('library_transfers_settle');
      await db.query('library_transfers_lost');
      await db.query('library_transfers_straggle');
    }
    if (now - last.latecomers >= latecomersEveryMs) {
      last.latecomers = now;
      await db.transaction(takeLatecomers);
    }
    if (await send()) again = true;
    if (answers.length > 0) again = true;
  }

  function poke(): void {
    if (closed) return;
    if (working) {
      again = true;
      return;
    }
    again = false;
    working = work()
      .catch((error: unknown) => {
        again = false;
        if (!isDatabaseAway(error)) log.error({ err: error }, 'libraries could not be handed to pumps');
      })
      .finally(() => {
        working = null;
        if (again) poke();
      });
  }

  return {
    start: () => {
      timer = setInterval(poke, everyMs);
    },
    close: async () => {
      closed = true;
      clearInterval(timer);
      await working;
    },
  };
}

/** A transfer after its pump's answer, as the query that stores it takes it. */
function answered(row: AnsweredRow, answer: PartAnswer & { pump: string }) {
  const { next, waitMs } = takeAnswer(row, row.part, row.parts, answer);
  const { assignment, pump } = row;
  const { state, missing, sends, refusals, error } = next;
  const said: PartRange[] = missing;
  return { assignment, pump, state, missing: said, sends, refusals, error, wait_ms: waitMs };
}

function parseJson(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8'));
  } catch {
    return undefined;
  }
}
