import * as z from 'zod';
import type { Order as OrderAnswer } from '#schemas/http/orders.ts';
import type { LibraryContent } from '#schemas/library/library.ts';
import { limitRecord, programmeRecord } from '#schemas/messages/record.ts';
import { type ReplayReport, startReplay } from '#schemas/rules/limit-replay.ts';
import type { Order } from '#schemas/rules/order.ts';
import { type MatchableOrder, type MatchableTherapy, matchOrder } from '#schemas/rules/order-match.ts';
import type { LibraryJudgement } from '#schemas/rules/programme-against-library.ts';
import { numbersOf } from '../care/orders.ts';
import type { Query } from '../database.ts';
import { problem } from '../problem.ts';

// A version of a library against every stored programme of a period, by the rule that judges them live.

const rowsAtOnce = 20_000;
/** Others are served after so many. */
const countedAtOnce = 1_000;
/** More would keep the api busy for too long: the period is to be shorter. */
const mostProgrammes = 200_000;

type ProgrammeRow = {
  at: string;
  atMs: number;
  pump: string;
  epochNo: number;
  seq: number;
  infusion: string | null;
  therapyNamed: string | null;
  namedId: string | null;
  assignedPatient: string | null;
  assignedTherapy: string | null;
  /** JSON of all that the rule looks at. */
  programme: string;
  did: unknown;
};
type OrderRow = MatchableOrder & { numbers: Order };
type Therapy = MatchableTherapy<OrderRow> & { orders: OrderRow[]; careArea: string };

const programme = programmeRecord.omit({ kind: true, seq: true, at: true, uptimeMs: true, boot: true, infusion: true });
const did = z.array(limitRecord.pick({ field: true, limitType: true }));

/**
 * @param span RFC 3339 times; `to` is not part of it
 * @throws 422 where the period holds more than can be replayed at once
 */
export async function replayLibrary(
  query: Query,
  content: LibraryContent,
  span: { from: string; to: string },
): Promise<ReplayReport & { unreadable: number }> {
  const replay = startReplay(content);
  const judged = judgeOnce(replay);
  let [taken, unreadable] = [0, 0];
  const therapies: Therapies = { byId: new Map(), byPatient: new Map(), asked: new Set() };
  const page = (last?: ProgrammeRow) => {
    const after = [last?.at ?? null, last?.pump ?? null, last?.epochNo ?? null, last?.seq ?? null];
    return query<ProgrammeRow>('replay_programmes', [span.from, span.to, ...after, rowsAtOnce]);
  };
  let coming: Promise<ProgrammeRow[]> | null = page();
  while (coming !== null) {
    const rows: ProgrammeRow[] = await coming;
    taken += rows.length;
    if (taken > mostProgrammes) {
      throw problem(422, `more than ${mostProgrammes} programmes in this period: choose a shorter one`);
    }
    await readTherapies(query, rows, therapies);
    // The database reads on while this page is judged.
    coming = rows.length < rowsAtOnce ? null : page(rows.at(-1));
    // Its error is met at the loop's head; until then it is not to count as nobody's.
    coming?.catch(() => undefined);
    for (const [n, row] of rows.entries()) {
      if (n % countedAtOnce === countedAtOnce - 1) await new Promise((resolve) => setImmediate(resolve));
      const judgement = row.infusion === null ? null : judged(row, therapies);
      // Stored with errors in its fields: what is left may not be enough.
      if (row.infusion === null || judgement === null) unreadable += 1;
      else replay.count({ infusion: row.infusion, did: row.did === null ? [] : did.parse(row.did) }, judgement);
    }
  }
  return { ...replay.report(), unreadable };
}

/** Judges what is the same in programme, order and care area once. @returns null for a programme that can't be read */
function judgeOnce(replay: ReturnType<typeof startReplay>) {
  const byOrder = new Map<Order | null, Map<string, LibraryJudgement | null>>();
  return (row: ProgrammeRow, therapies: Therapies): LibraryJudgement | null => {
    const own = row.namedId === null && row.assignedPatient === null && row.therapyNamed === null;
    const read = own ? null : programme.safeParse(JSON.parse(row.programme));
    const { order, careArea } = own ? nobodys : orderOf(row, read?.data?.drug ?? null, therapies);
    const known = byOrder.get(order) ?? new Map<string, LibraryJudgement | null>();
    byOrder.set(order, known);
    const key = careArea === null ? row.programme : `${careArea}\n${row.programme}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const given = read ?? programme.safeParse(JSON.parse(row.programme));
    const judgement = given.success
      ? replay.judge({ programme: { ...given.data, infusion: 1 }, order, careArea })
      : null;
    known.set(key, judgement);
    return judgement;
  };
}

const nobodys = { order: null, careArea: null };

/** Therapies read so far, and whose were asked for: most pages are about the same patients. */
type Therapies = {
  byId: Map<string, Therapy>;
  byPatient: Map<string, Therapy[]>;
  asked: Set<string>;
};

/** Reads every therapy that a page of programmes may follow and that is not known yet. */
async function readTherapies(query: Query, rows: readonly ProgrammeRow[], known: Therapies): Promise<void> {
  const unasked = (ids: (string | null)[]) => [...new Set(ids)].filter((id) => id !== null && !known.asked.has(id));
  const patients = unasked(rows.map(({ assignedPatient }) => assignedPatient));
  const named = unasked(rows.map(({ namedId }) => namedId));
  if (patients.length + named.length === 0) return;
  for (const id of [...patients, ...named]) if (id !== null) known.asked.add(id);
  const read = await query<Omit<Therapy, 'orders'>>('replay_therapies', [patients, named]);
  const fresh = read.filter(({ id }) => !known.byId.has(id));
  for (const row of fresh) {
    const therapy = { ...row, orders: [] };
    known.byId.set(row.id, therapy);
    known.byPatient.set(row.patient, [...(known.byPatient.get(row.patient) ?? []), therapy]);
  }
  for (const answer of await query<OrderAnswer>('orders_to_match', [fresh.map(({ id }) => id)])) {
    known.byId.get(answer.therapy.id)?.orders.push(toMatch(answer));
  }
}

function toMatch(answer: OrderAnswer): OrderRow {
  const { id, version, state, verifiedAt, endedAt } = answer;
  const ms = (at: string | null) => (at === null ? null : Date.parse(at));
  return { id, version, state, verifiedAt: ms(verifiedAt), endedAt: ms(endedAt), numbers: numbersOf(answer) };
}

/** The order that counted when it was programmed, and the care area where the pump may not say it. */
function orderOf(row: ProgrammeRow, drug: string | null, { byId, byPatient }: Therapies) {
  const { namedId, assignedPatient, assignedTherapy, therapyNamed } = row;
  const { order, therapy } = matchOrder<OrderRow, Therapy>({
    drug,
    therapyReference: therapyNamed,
    named: namedId === null ? null : (byId.get(namedId) ?? null),
    assigned:
      assignedPatient === null
        ? null
        : { patient: assignedPatient, therapy: assignedTherapy, therapies: byPatient.get(assignedPatient) ?? [] },
    at: row.atMs,
  });
  return { order: order?.numbers ?? null, careArea: therapy?.careArea ?? null };
}
