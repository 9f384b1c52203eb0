import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type AssignmentPump,
  assignmentPump,
  type LibraryAssignmentDetail,
  libraryAssignment,
  libraryAssignmentDetail,
} from '#schemas/http/library-assignments.ts';
import { page, problem, pump as pumpShape } from '#schemas/http/shapes.ts';
import { demoLibrary } from '#schemas/library/demo-library.ts';
import { readDistributed } from '#schemas/library/distributed.ts';
import { type Command, command } from '#schemas/messages/control.ts';
import { addPerson, apiForThisTest, Person, shape } from '../support/api.ts';
import { provisionPump } from '../support/broker.ts';
import { HandPump } from '../support/ingest.ts';
import { publishedLibrary } from '../support/libraries.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { waitFor } from '../support/wait-for.ts';

let stack: Stack;
let author: Person;
let approver: Person;
let technician: Person;
beforeAll(async () => {
  stack = await startStack();
  const person = async (role: 'pharmacist' | 'technician') =>
    Person.signIn(stack.api, await addPerson(stack.database.pool, role));
  [author, approver, technician] = [await person('pharmacist'), await person('pharmacist'), await person('technician')];
});
afterAll(() => stack?.close());

type Part = Extract<Command, { cmd: 'library' }>;

/** A pump by hand that is told of every part and answers as the test says. */
async function listening(id: string, libraryVersion: string, answer: (part: Part) => object | null) {
  const account = await provisionPump(stack.database.pool, id);
  const hand = await HandPump.connect(stack.broker, account);
  const parts: Part[] = [];
  hand.onMessage((topic, payload) => {
    if (!topic.endsWith('/down/cmd')) return;
    const given = command.parse(JSON.parse(payload.toString()));
    if (given.cmd !== 'library') return;
    parts.push(given);
    const body = answer(given);
    if (body === null) return;
    // The test may be over, and its link closed, before the answer is through.
    hand.raw('reply', JSON.stringify({ id: given.id, ok: true, ...body })).catch(() => {});
  });
  const hello = (version = libraryVersion) =>
    hand.raw(
      'hello',
      JSON.stringify({ v: 1, epoch: hand.epoch, boot: 1, first: 0, last: hand.seq, libraryVersion: version }),
    );
  await hello();
  await hand.send('telemetry', [hand.sample({ state: 'standby' })]);
  // A roll-out remembers what its pumps had: before the hello is on record that is nothing.
  await waitFor(async () => shape(pumpShape, await technician.get(`/pumps/${id}`)).libraryVersion === libraryVersion, {
    what: `${id} to have said its library`,
  });
  const installed = async (version: string) => {
    await hand.send('event', [hand.record({ kind: 'device', event: 'library-installed', version })]);
  };
  return { id, hand, parts, hello, installed };
}

const assign = async (body: object) =>
  shape(libraryAssignmentDetail, await technician.post('/library-assignments', body));
const read = async (id: string) => shape(libraryAssignmentDetail, await technician.get(`/library-assignments/${id}`));
const pumpsOf = async (id: string, query = ''): Promise<AssignmentPump[]> =>
  shape(page(assignmentPump), await author.get(`/library-assignments/${id}/pumps${query}`)).items;
const until = (id: string, holds: (now: LibraryAssignmentDetail) => boolean) =>
  waitFor(
    async () => {
      const now = await read(id);
      return holds(now) && now;
    },
    { what: 'the roll-out to be there' },
  );

test('canaries first, then the rest; what the pump says it has is what counts; then back', {
  timeout: 60_000,
}, async () => {
  const library = await publishedLibrary(author, approver, 'Rolls', 2);
  const whole = { missing: [] };
  const [a, b] = [await listening('ROLL-A', 'Rolls-1', () => whole), await listening('ROLL-B', 'Rolls-1', () => whole)];
  const scope = { pumps: [a.id, b.id] };
  const made = await assign({ library, version: 2, scope, canary: { pumps: [a.id] } });
  expect(made).toMatchObject({ stage: 'canary', versionName: 'Rolls-2', canaries: 1, notYet: 1 });

  await until(made.id, ({ counts }) => counts.received === 1);
  expect(b.parts).toHaveLength(0);
  const bytes = Buffer.concat(a.parts.map(({ args }) => Buffer.from(args.data, 'base64')));
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(a.parts[0]?.args.sha256);
  expect(readDistributed(bytes.toString('utf8')).library).toEqual({
    ...{ format: 'dripwatch-library/1', version: 'Rolls-2', content: { ...demoLibrary(), name: 'Rolls' } },
  });
  await a.installed('Rolls-2');
  await until(made.id, ({ counts }) => counts.installed === 1);

  const gone = shape(libraryAssignmentDetail, await technician.post(`/library-assignments/${made.id}/go-on`));
  expect(gone).toMatchObject({ stage: 'rest', notYet: 0 });
  await until(made.id, ({ counts }) => counts.received === 1);
  expect(await pumpsOf(made.id, '?progress=open')).toMatchObject([
    { pump: b.id, progress: 'received', before: 'Rolls-1' },
  ]);

  // The second pump has it and waits; a roll-back must reach it all the same, though it still says the old version.
  const back = shape(
    libraryAssignmentDetail,
    await technician.post(`/library-assignments/${made.id}/roll-back`, { reason: 'a wrong limit' }),
  );
  expect(back).toMatchObject({ stage: 'rolled-back', counts: { superseded: 2 } });
  const firstPage = shape(page(assignmentPump), await author.get(`/library-assignments/${made.id}/pumps?limit=1`));
  expect(firstPage.items.map(({ pump }) => pump)).toEqual([a.id]);
  expect((await pumpsOf(made.id, `?cursor=${firstPage.next}`)).map(({ pump }) => pump)).toEqual([b.id]);
  const newest = shape(page(libraryAssignment), await author.get('/library-assignments?limit=1'));
  const older = shape(page(libraryAssignment), await author.get(`/library-assignments?cursor=${newest.next}`));
  expect([newest.items[0]?.rollsBack, older.items[0]?.id]).toEqual([made.id, made.id]);
  const lists = shape(
    page(libraryAssignmentDetail.pick({ id: true, rollsBack: true, versionName: true })),
    await technician.get('/library-assignments'),
  );
  const undo = lists.items.find(({ rollsBack }) => rollsBack === made.id);
  expect(undo?.versionName).toBe('Rolls-1');
  const id = undo?.id ?? '';
  await waitFor(() => b.parts.some(({ args }) => args.version === 'Rolls-1'), { what: 'the old version to be sent' });
  await until(id, ({ counts }) => counts.installed === 1 && counts.received === 1);
  await a.installed('Rolls-1');
  await until(id, ({ counts }) => counts.installed === 2);
  const shown = shape(pumpShape, await technician.get(`/pumps/${a.id}`));
  expect([shown.libraryVersion, shown.libraryAssigned]).toEqual(['Rolls-1', 'Rolls-1']);
});

test('after a power loss only what the pump lacks goes again, and only once it is back', {
  timeout: 60_000,
}, async () => {
  const big = demoLibrary();
  const area = big.careAreas[0];
  const drug = area?.drugs[0];
  if (!area || !drug) throw new Error('the demo library has drugs');
  const advisories = Array.from({ length: 20 }, (_, n) => `${n} ${'slow down '.repeat(80)}`);
  area.drugs.push(
    ...Array.from({ length: 6 }, (_, n) => ({ ...drug, name: `filler ${n}`, alsoKnownAs: [], advisories })),
  );
  const library = await publishedLibrary(author, approver, 'Big', 1, big);
  const held = new Set<number>();
  let [off, lost] = [false, false];
  const pump = await listening('POWER-1', 'Demo library-1', ({ args }) => {
    if (off) return null;
    held.add(args.part);
    if (args.part === 2 && !lost) [off, lost] = [true, true];
    if (off) return null;
    const missing = Array.from({ length: args.parts }, (_, n) => n + 1).filter((part) => !held.has(part));
    return { missing: missing.map((part) => [part, part]) };
  });
  const made = await assign({ library, version: 1, scope: { pumps: [pump.id] } });
  expect(made.parts).toBeGreaterThan(2);
  await waitFor(() => pump.parts.length === 2, { what: 'two parts' });
  off = false;
  await pump.hello();
  await until(made.id, ({ counts }) => counts.received === 1);
  // The second part twice, since its answer was lost; no other.
  const sent = pump.parts.map(({ args }) => args.part);
  expect(sent).toEqual([1, 2, 2, ...Array.from({ length: made.parts - 2 }, (_, n) => n + 3)]);
  // A hello while it waits: it is asked with one part whether it still has everything.
  await pump.hello();
  await waitFor(() => pump.parts.length === sent.length + 1, { what: 'one part as a question' });
  expect(pump.parts.at(-1)?.args.part).toBe(made.parts);
});

test('who refuses is tried again and told with its word; who is silent is a straggler with its reason', {
  timeout: 60_000,
}, async () => {
  const library = await publishedLibrary(author, approver, 'Refused');
  const pump = await listening('REFUSES', 'Demo library-1', () => ({ ok: false, error: 'no room for it' }));
  await provisionPump(stack.database.pool, 'NEVER-HEARD');
  const made = await assign({ library, version: 1, scope: { pumps: [pump.id, 'NEVER-HEARD'] } });
  await waitFor(() => pump.parts.length === 1, { what: 'an offer' });
  await stack.database.pool.query(
    `update library_transfer set assigned_at = now() - interval '2 days' where assignment_id = $1`,
    [made.id],
  );
  await until(made.id, ({ counts }) => counts.straggler === 2);
  expect(await pumpsOf(made.id, '?progress=straggler')).toMatchObject([
    { pump: 'NEVER-HEARD', step: 'assigned', reason: { kind: 'never-heard' } },
    { pump: 'REFUSES', step: 'offered', reason: { kind: 'refused', error: 'no room for it' } },
  ]);
  // A technician hears of it, and no more once the pump has it after all.
  const alerts = async () => {
    const text = `select condition, audience from alert where pump_id = 'REFUSES' and type = 'library-version'`;
    return (await stack.database.pool.query(text)).rows;
  };
  await waitFor(async () => (await alerts()).length === 1, { what: 'the alert' });
  expect(await alerts()).toEqual([{ condition: 'active', audience: 'technician' }]);
  await pump.installed('Refused-1');
  await waitFor(async () => (await alerts())[0]?.condition === 'ended', { what: 'the alert to end' });
});

test('two api processes hand out each part once', { timeout: 60_000 }, async () => {
  await apiForThisTest(stack.broker, stack.database.url);
  const library = await publishedLibrary(author, approver, 'Twice');
  const pumps = await Promise.all(
    Array.from({ length: 12 }, (_, n) => listening(`TWICE-${n}`, 'Demo library-1', () => ({ missing: [] }))),
  );
  const made = await assign({ library, version: 1, scope: { pumps: pumps.map(({ id }) => id) } });
  await until(made.id, ({ counts }) => counts.received === pumps.length);
  expect(pumps.map(({ parts }) => parts.length)).toEqual(pumps.map(() => 1));
});

test.each<[string, (library: string) => object, number, RegExp]>([
  [
    'a draft',
    (library) => ({ library, version: 2, scope: { fleet: true } }),
    409,
    /Refuses-2 is draft: only a published version/,
  ],
  ['a version that is not there', (library) => ({ library, version: 7, scope: { fleet: true } }), 404, /version 7/],
  [
    'a pump that is not there',
    (library) => ({ library, version: 1, scope: { pumps: ['NOBODY'] } }),
    422,
    /NOBODY: no such pump/,
  ],
  [
    'a care area that is not there',
    (library) => ({ library, version: 1, scope: { careAreas: ['moon'] } }),
    422,
    /moon: in no published library/,
  ],
  ['nobody', (library) => ({ library, version: 1, scope: {} }), 400, /scope/],
  [
    'a canary outside',
    (library) => ({ library, version: 1, scope: { pumps: ['SCOPE-1'] }, canary: { pumps: ['SCOPE-2'] } }),
    422,
    /SCOPE-2: not in the scope/,
  ],
])('%s is refused in words', async (_name, body, status, words) => {
  refuses ??= (async () => {
    for (const id of ['SCOPE-1', 'SCOPE-2']) await provisionPump(stack.database.pool, id);
    const id = await publishedLibrary(author, approver, 'Refuses');
    await author.post(`/drug-libraries/${id}/versions`);
    return id;
  })();
  const answer = await technician.post('/library-assignments', body(await refuses));
  expect(answer.status).toBe(status);
  const said = shape(problem, answer);
  expect(`${said.detail} ${JSON.stringify(said.errors ?? [])}`).toMatch(words);
});
let refuses: Promise<string> | undefined;
