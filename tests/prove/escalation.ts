// Workers killed at random under many alerts: every step in time, none after an acceptance, each told under one key. The
// checker reads the database and what a webhook receiver heard; it uses none of the code that it judges.
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { answerAlert } from '../../api/alert-answers.ts';
import { createDatabase } from '../../api/database.ts';
import { addAlert } from '../support/board.ts';
import { answer, startProcess } from '../support/processes.ts';
import { type Check, duration, type ProofResult, percentile, proofResult, whole } from './result.ts';
import type { ProofContext, Stage } from './stage.ts';

export type EscalationOptions = { minutes: number; alerts: number; workers: number; killEveryMs: number };

export const usualEscalation: EscalationOptions = { minutes: 5, alerts: 500, workers: 3, killEveryMs: 3_000 };

const withinMs = 5_000;
/** What a sender had in its hands at the moment of an acceptance may still arrive. */
const inFlightMs = 2_000;
const secret = `whsec_${Buffer.from('a secret of a proof, 32 bytes long').toString('base64')}`;

/** Quick steps, so that an alert goes through many of them in the time of a proof. */
const step = (kind: object, nextAfterS: number) => ({
  to: [kind],
  channels: ['board', 'webhook'],
  nextAfterS,
  unseenAfterS: null,
});
const steps = [
  step({ kind: 'on-call', schedule: 'clinical' }, 7),
  step({ kind: 'on-call', schedule: 'clinical-backup' }, 11),
  step({ kind: 'group', group: 'everybody' }, 30),
];

type Heard = { key: string; at: number };

export async function proveEscalation(
  options: EscalationOptions,
  { platform, db, owns }: Stage,
  context: ProofContext,
): Promise<ProofResult> {
  const { hooks, url, close } = await receiver();
  owns(close);
  await db.query('update escalation_policy set steps = $1', [JSON.stringify(steps)]);
  const env = {
    DATABASE_URL: platform.databaseUrl,
    DATA_DIR: `${platform.folder}/data`,
    WEBHOOK_URL: url,
    WEBHOOK_SECRET: secret,
    OUTBOUND_ALLOW: 'loopback',
  };
  const up = new UpWorkers();
  const startWorker = () => up.watch(startProcess('tests/prove/escalation-worker.ts', [], env));
  const workers = Array.from({ length: options.workers }, startWorker);
  owns(() => {
    for (const child of workers) child.kill('SIGKILL');
  });
  await Promise.all(workers.map((child) => answer(child, 'started')));

  const began = Date.now();
  const ends = began + options.minutes * 60_000;
  const { rows: people } = await db.query<{ id: string; name: string }>(
    `select user_id as id, name from app_user where role = 'clinician' order by email`,
  );
  const ids: string[] = [];
  const accepted = new Map<string, number>();
  let kills = 0;
  await Promise.all([raise(), accept(), kill()]);
  // The last kill's work is another one's: let what is due be carried out.
  await delay(withinMs);
  const took = Date.now() - began;
  return judge();

  async function raise(): Promise<void> {
    // The first half at once, as a storm; the rest one by one.
    const storm = Math.floor(options.alerts / 2);
    const pauseMs = (0.6 * (ends - began)) / (options.alerts - storm);
    for (let n = 0; n < options.alerts && !context.signal.aborted; n += 1) {
      ids.push(await addAlert(db, { priority: 'high', type: `MDC_EVT_PROOF_${n % 7}` }));
      if (n >= storm) await delay(pauseMs);
    }
  }

  async function accept(): Promise<void> {
    const log = pino({ level: 'silent' });
    const own = createDatabase(
      { url: platform.databaseUrl, connections: 1, statementTimeoutMs: 10_000, connectTimeoutMs: 5_000, name: 'proof' },
      log,
    );
    // Half of them are taken in the course of the run, the rest is asked about until its end.
    const pauseMs = (ends - began) / (options.alerts * 0.5 + 1);
    while (Date.now() < ends && !context.signal.aborted) {
      await delay(pauseMs);
      const id = ids[Math.floor(Math.random() * ids.length)];
      const person = people[accepted.size % people.length];
      if (id === undefined || person === undefined || accepted.has(id)) continue;
      const user = { ...person, email: '', role: 'clinician', lead: false } as const;
      const input = { kind: 'accept', by: person.id } as const;
      await answerAlert({ db: own, feedChanged: () => {} }, { user, csrfToken: '', sessionHash: '' }, id, {
        action: 'accept',
        input,
      });
      accepted.set(id, Date.now());
    }
    await own.close();
  }

  async function kill(): Promise<void> {
    while (Date.now() < ends && !context.signal.aborted) {
      await delay(options.killEveryMs * (0.5 + Math.random()));
      const n = Math.floor(Math.random() * (workers.length + 1));
      const worker = workers[n];
      if (worker === undefined) kills += (await platform.kill('api')) ? 1 : 0;
      else if (up.mayEnd(worker)) {
        worker.kill('SIGKILL');
        workers[n] = startWorker();
        kills += 1;
      }
    }
  }

  async function judge(): Promise<ProofResult> {
    const late = await lateness(ids);
    const { rows: after } = await db.query(
      `select from escalation_step s join alert_action n on n.alert_id = s.alert_id and n.action = 'accept'
        where s.kind = 'offer' and s.state = 'done' and s.done_at > n.at and s.alert_id = any ($1)`,
      [ids],
    );
    const { rows: keys } = await db.query<{ key: string; alert: string; what: string }>(
      `select idempotency_key as key, alert_id as alert,
              concat_ws(' ', alert_id, split_part(idempotency_key, ':', 3), step, channel, user_id) as what
         from notification where alert_id = any ($1) and purpose = 'alert'`,
      [ids],
    );
    const { rows: doubled } = await db.query(
      `select from escalation_step where state = 'done' and kind = 'offer' and alert_id = any ($1)
        group by alert_id, cycle, step having count(*) > 1`,
      [ids],
    );
    const known = new Map(keys.map((row) => [row.key, row]));
    const heardKeys = new Set(hooks.map(({ key }) => key));
    const heardAfter = hooks.filter(
      ({ key, at }) => at > (accepted.get(known.get(key)?.alert ?? '') ?? Number.POSITIVE_INFINITY) + inFlightMs,
    );
    const { rows: kept } = await db.query<{ key: string }>(
      'select idempotency_key as key from notification where idempotency_key = any ($1)',
      [[...heardKeys]],
    );
    const worst = Math.max(...late.map(({ ms }) => ms));
    const checks: Check[] = [
      {
        what: `every step was carried out within ${duration(withinMs)} of its due time`,
        holds: late.every(({ ms }) => ms <= withinMs),
      },
      { what: 'no step was carried out after the acceptance', holds: after.length === 0 },
      { what: 'nothing was heard of an alert after its acceptance', holds: heardAfter.length === 0 },
      { what: 'no step was carried out twice', holds: doubled.length === 0 },
      {
        what: 'each (alert, step, channel, person) has one key',
        holds: new Set(keys.map(({ what }) => what)).size === keys.length,
      },
      { what: 'nothing was heard under a key that is not in the database', holds: kept.length === heardKeys.size },
      { what: 'there was something to judge', holds: late.length > ids.length && kills > 0 && hooks.length > 0 },
    ];
    const ms = late.map((one) => one.ms);
    return proofResult(
      'escalation',
      [
        ['alerts', `${whole(ids.length)}, ${whole(accepted.size)} of them taken`],
        ['processes killed', `${whole(kills)} in ${duration(took)}`],
        [
          'a killed one is up again after',
          `${duration(percentile(up.startMs, 0.5))}, at most ${duration(Math.max(...up.startMs))}`,
        ],
        ['steps', whole(late.length)],
        [
          'late by p50, p99, most',
          `${duration(percentile(ms, 0.5))}, ${duration(percentile(ms, 0.99))}, ${duration(worst)}`,
        ],
        [
          'told',
          `${whole(keys.length)} keys; the receiver heard ${whole(heardKeys.size)} of them ${whole(hooks.length)} times`,
        ],
      ],
      checks,
    );
  }

  /** Of steps that were carried out, and of those that should have been by now. */
  async function lateness(of: readonly string[]): Promise<{ ms: number }[]> {
    const { rows } = await db.query<{ ms: number }>(
      `select extract(epoch from coalesce(done_at, clock_timestamp()) - due_at)::double precision * 1000 as ms
         from escalation_step
        where alert_id = any ($1) and kind = 'offer' and (state = 'done' or (state = 'due' and due_at < clock_timestamp()))
       union all
       select extract(epoch from coalesce(min(s.done_at), clock_timestamp()) - a.committed_at)::double precision * 1000
         from alert a left join escalation_step s on s.alert_id = a.alert_id and s.kind = 'offer' and s.state = 'done'
        where a.alert_id = any ($1) and not exists (select from alert_action n where n.alert_id = a.alert_id and n.action = 'accept')
        group by a.alert_id, a.committed_at`,
      [of],
    );
    return rows;
  }
}

/**
 * Which workers are up. The last one is left alone: with nobody there the proof would measure how long this machine takes
 * to start Node.js.
 */
class UpWorkers {
  readonly #up = new Set<ChildProcess>();
  /** How long each took from its start until it was up. */
  readonly startMs: number[] = [];

  watch(child: ChildProcess): ChildProcess {
    const began = Date.now();
    child.once('message', () => {
      this.#up.add(child);
      this.startMs.push(Date.now() - began);
    });
    child.once('exit', () => this.#up.delete(child));
    return child;
  }

  mayEnd(child: ChildProcess): boolean {
    return this.#up.has(child) && this.#up.size > 1;
  }
}

/** A customer's receiver, which notes what it hears under which key, and when. */
async function receiver(): Promise<{ hooks: Heard[]; url: string; close(): void }> {
  const hooks: Heard[] = [];
  const server = createServer(async (request, response) => {
    const at = Date.now();
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    hooks.push({ key: String(request.headers['webhook-id'] ?? ''), at });
    response.writeHead(204).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return {
    hooks,
    url: `http://127.0.0.1:${port}/hook`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
