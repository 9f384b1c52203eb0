import { afterAll, beforeAll, expect, test } from 'vitest';
import { pumpDetail, rejectedRecord, system } from '#schemas/http/administration.ts';
import { infusion, infusionDetail, page, telemetry } from '#schemas/http/shapes.ts';
import type { Api } from '../../api/api.ts';
import { addPerson, Person, shape, testApi } from '../support/api.ts';
import { provisionPump, type TestBroker, testBroker } from '../support/broker.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { HandPump, ingestForThisTest } from '../support/ingest.ts';
import { waitFor } from '../support/wait-for.ts';

let database: TestDatabase;
let broker: TestBroker;
let api: Api;
let nurse: Person;

beforeAll(async () => {
  database = await testDatabase();
  broker = await testBroker(database.url);
  api = await testApi(broker, database.url);
  nurse = await Person.signIn(api, await addPerson(database.pool, 'clinician'));
});
afterAll(async () => {
  await api?.close();
  await broker?.close();
  await database?.close();
});

const programme = {
  ...{ kind: 'programme', infusion: 1, drug: 'vancomycin', careArea: 'home', mode: 'continuous' },
  ...{ rateMlPerH: 120, vtbiMl: 250, concentration: { amount: 1000, unit: 'mg', perMl: 250 } },
};

test('an infusion is told from first programme to last action: records, alerts, people, completeness', async () => {
  await ingestForThisTest(broker, database.url);
  const pump = await provisionPump(database.pool, 'PUMP-STORY');
  const hand = await HandPump.connect(broker, pump);
  const screen = await nurse.live();
  screen.send({ type: 'resume', feedEpoch: null, last: 0 });
  await screen.next('snapshot', ({ last }) => last);

  await hand.send('event', [
    hand.record(programme),
    hand.record({
      kind: 'limit',
      infusion: 1,
      field: 'rateMlPerH',
      attempted: 300,
      limit: 250,
      limitType: 'soft-high',
      response: 'reprogram',
    }),
    hand.record({ kind: 'delivery', infusion: 1, segment: 1, phase: 'start', rateMlPerH: 120 }),
  ]);
  await hand.send('telemetry', [hand.sample({ rateMlPerH: 120, infusedMl: 1, pressureKpa: 10, batteryPct: 90 })]);
  await hand.send('alarm', [
    hand.record({
      kind: 'alarm',
      alarm: 1,
      code: 'MDC_EVT_FLUID_LINE_OCCL',
      phase: 'start',
      priority: 'high',
      infusion: 1,
    }),
  ]);
  const { alert } = await screen.next('alert', (frame) => frame.alert.pump === pump.id);
  expect(alert).toMatchObject({ type: 'MDC_EVT_FLUID_LINE_OCCL', condition: 'active', drug: 'vancomycin' });
  await nurse.post(`/alerts/${alert.id}/accept`);
  await nurse.post(`/alerts/${alert.id}/note`, { text: 'kinked line' });
  await hand.send('alarm', [hand.record({ kind: 'alarm', alarm: 1, phase: 'end' })]);
  await hand.send('event', [
    hand.record({ kind: 'bolus', infusion: 1, origin: 'clinician', result: 'given', ml: 2 }),
    hand.record({ kind: 'delivery', infusion: 1, segment: 1, phase: 'complete', segmentMl: 250, totalMl: 250 }),
  ]);
  await hand.acknowledged();
  hand.seq += 3; // three records that never arrive
  await hand.send('telemetry', [hand.sample({ state: 'complete', rateMlPerH: 0, infusedMl: 250 })]);
  await waitFor(async () => shape(pumpDetail, await nurse.get(`/pumps/${pump.id}`)).missing === 3);

  const [found] = shape(page(infusion), await nurse.get(`/infusions?pump=${pump.id}&drug=VANCO`)).items;
  expect(found).toMatchObject({ pump: pump.id, pumpInfusion: 1, drug: 'vancomycin', careArea: 'home', alerts: 1 });
  expect(shape(page(infusion), await nurse.get(`/infusions?pump=${pump.id}&drug=heparin`)).items).toEqual([]);
  const told = shape(infusionDetail, await nurse.get(`/infusions/${found?.id}`));
  const kinds = told.timeline.map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind !== 'alert' && kind !== 'action')).toEqual([
    ...['programme', 'limit', 'delivery', 'alarm', 'alarm', 'bolus', 'delivery'],
  ]);
  const actions = told.timeline.filter(({ kind }) => kind === 'action').map(({ detail }) => detail);
  expect(actions).toMatchObject([
    { action: 'accept', by: { id: nurse.id } },
    { action: 'note', note: 'kinked line' },
  ]);
  expect(told.timeline.find(({ kind }) => kind === 'alert')?.detail).toMatchObject({ alert: alert.id });
  expect(told.segments).toMatchObject([{ segment: 1, rateMlPerH: 120, segmentMl: 250, endedBy: 'complete' }]);
  expect(told.completeness).toMatchObject({ records: 12, missing: 3, declaredLost: 0, rejected: 0, completePct: 75 });
  expect(told.completeness.through).not.toBeNull();

  const device = shape(pumpDetail, await nurse.get(`/pumps/${pump.id}`));
  expect(device.journals).toMatchObject([{ epoch: hand.epoch, missing: 3, missingRanges: [[9, 11]] }]);
  expect(device.events[0]).toMatchObject({ kind: 'delivery', seq: 8 });
  await screen.next('pumps', ({ items }) => items.some((item) => item.id === pump.id && item.drug === 'vancomycin'));
});

test('what comes an hour late restates the infusion with a mark, and its alarm never stands as if it were now', async () => {
  await ingestForThisTest(broker, database.url);
  const pump = await provisionPump(database.pool, 'PUMP-LATE');
  const hand = await HandPump.connect(broker, pump);
  const screen = await nurse.live();
  screen.send({ type: 'resume', feedEpoch: null, last: 0 });
  await screen.next('snapshot', ({ last }) => last);
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  const minutesAgo = (at: string) => Math.round((Date.now() - Date.parse(at)) / 60_000);
  const alarm = { kind: 'alarm', alarm: 1, code: 'MDC_EVT_FLUID_LINE_AIR', infusion: 1 };
  const backlog = [
    hand.record({ ...programme, at: ago(65) }),
    hand.sample({ at: ago(60) }),
    hand.record({ ...alarm, phase: 'start', at: ago(55) }),
    hand.record({ ...alarm, phase: 'end', at: ago(50) }),
    hand.sample({ at: ago(45) }),
  ];
  // Live first, as a pump does: the hour before it is a hole until it comes.
  await hand.send('alarm', [hand.sample()]);
  await hand.acknowledged(0);
  const [live] = await waitFor(async () => {
    const { items } = shape(page(infusion), await nurse.get(`/infusions?pump=${pump.id}`));
    return items.length > 0 ? items : null;
  });
  const told = async () => shape(infusionDetail, await nurse.get(`/infusions/${live?.id}`));
  expect((await told()).completeness).toMatchObject({ through: null, missing: 5, late: 0 });

  await hand.send('alarm', backlog);
  await hand.acknowledged();
  const { alert } = await screen.next('alert', (frame) => frame.alert.pump === pump.id);
  expect(alert).toMatchObject({ late: true, condition: 'ended' });
  expect(minutesAgo(alert.raisedAt)).toBe(55);
  const restated = await told();
  expect(restated.completeness).toMatchObject({ missing: 0, late: 2, completePct: 100, tailUnknown: false });
  expect(restated.completeness.through).toBe(shape(pumpDetail, await nurse.get(`/pumps/${pump.id}`)).lastSampleAt);
  expect(minutesAgo(restated.startedAt)).toBe(65);
  const marks = restated.timeline.map(({ kind, late }) => [kind, late]);
  expect(marks).toEqual([
    ['programme', true],
    ['alarm', true],
    ['alert', true],
    ['alarm', true],
  ]);
  expect(
    screen.of('alert').filter((frame) => frame.alert.pump === pump.id && frame.alert.condition === 'active'),
  ).toEqual([]);
});

test('what can not be read is among the rejected records with its reason and its bytes', async () => {
  await ingestForThisTest(broker, database.url);
  const pump = await provisionPump(database.pool, 'PUMP-BROKEN');
  const hand = await HandPump.connect(broker, pump);
  await hand.raw('telemetry', '{"v":1, broken');
  await hand.raw('telemetry', Buffer.from([0xff, 0xfe, 0x00]));
  await hand.send('telemetry', [hand.sample({ state: 'flying' })]);
  await hand.acknowledged();
  const technician = await Person.signIn(api, await addPerson(database.pool, 'technician'));
  const list = await waitFor(async () => {
    const answer = shape(page(rejectedRecord), await technician.get(`/rejected-records?pump=${pump.id}`));
    return answer.items.length === 3 ? answer.items : null;
  });
  expect(list.find(({ seq }) => seq === 1)).toMatchObject({ kind: 'sample', reason: expect.stringContaining('state') });
  expect(list.find(({ rawEncoding }) => rawEncoding === 'base64')).toMatchObject({ raw: '//4A', rawBytes: 3 });
  expect(list.find(({ raw }) => raw === '{"v":1, broken')).toMatchObject({ count: 1, rawEncoding: 'text' });
});

test('no spike disappears in a bucket, whatever its width, and empty buckets are left out', async () => {
  const { id } = await provisionPump(database.pool, 'PUMP-SPIKE');
  const start = Date.UTC(2026, 0, 1);
  await database.pool.query(
    `insert into telemetry (at, pump_id, epoch_no, seq, infusion, state, rate_ml_per_h, infused_ml, pressure_kpa, received_at, late)
     select to_timestamp($2 / 1000.0) + make_interval(secs => n * 10), $1, 1, n + 1, 1, 'delivering',
            case n when 7777 then 999 when 4444 then 0 else 5 end, n * 0.01, 10, now(), n = 100
       from generate_series(0, 80639) n
      where n not between 30000 and 39999`,
    [id, start],
  );
  const iso = (ms: number) => new Date(ms).toISOString();
  const dayMs = 86_400_000;
  const spans = [
    { from: start, to: start + dayMs, points: 5000 },
    { from: start, to: start + dayMs, points: 7 },
    { from: start + 123, to: start + dayMs, points: 500 },
    { from: start, to: start + 9 * dayMs, points: 1000 },
    { from: start, to: start + 90 * dayMs, points: 300 },
  ];
  for (const { from, to, points } of spans) {
    const answer = shape(
      telemetry,
      await nurse.get(`/pumps/${id}/telemetry?from=${iso(from)}&to=${iso(to)}&points=${points}`),
    );
    const { t, rateMlPerH, bucketMs } = answer;
    const what = `${points} points over ${(to - from) / dayMs} days`;
    expect(t.length, what).toBeLessThanOrEqual(points);
    expect(Math.max(...rateMlPerH.max.map(Number)), what).toBe(999);
    expect(Math.min(...rateMlPerH.min.map(Number)), what).toBe(0);
    expect(
      t.every((at, index) => index === 0 || at - (t[index - 1] ?? 0) >= bucketMs),
      what,
    ).toBe(true);
    expect(answer.state.length, what).toBe(t.length);
    expect(answer.late.filter(Boolean), what).toHaveLength(1);
  }
  const week = shape(
    telemetry,
    await nurse.get(`/pumps/${id}/telemetry?from=${iso(start)}&to=${iso(start + 9 * dayMs)}&points=1000`),
  );
  expect(week.bucketMs % 60_000).toBe(0);
  const gapFrom = start + 300_000_000;
  expect(week.t.some((at) => at >= gapFrom + week.bucketMs && at < gapFrom + 99_000_000)).toBe(false);
  // The same buckets, worked out by hand from every sample.
  const { rows } = await database.pool.query(
    `select floor((extract(epoch from at) * 1000 - $2) / $3)::int as bucket, max(rate_ml_per_h) as max,
            (array_agg(infused_ml order by seq desc))[1] as last
       from telemetry where pump_id = $1 and at < to_timestamp($4 / 1000.0) group by 1 order by 1`,
    [id, start, week.bucketMs, start + 9 * dayMs],
  );
  expect(week.t).toEqual(rows.map(({ bucket }) => start + bucket * week.bucketMs));
  expect(week.rateMlPerH.max).toEqual(rows.map(({ max }) => max));
  expect(week.infusedMl.last).toEqual(rows.map(({ last }) => last));
});

test('the system page names every component, the delays and who is watching', async () => {
  await ingestForThisTest(broker, database.url);
  await nurse.live();
  const told = await waitFor(async () => {
    const answer = shape(system, await nurse.get('/system'));
    return answer.components.some(({ name }) => name.startsWith('ingest ')) ? answer : null;
  });
  expect(told.components.map(({ name, state }) => [name.split(' ')[0], state])).toEqual(
    expect.arrayContaining([
      ['api', 'up'],
      ['broker', 'up'],
      ['database', 'up'],
      ['ingest', 'up'],
    ]),
  );
  expect(told.database).toMatchObject({ edition: expect.stringMatching(/^(none|apache|community)$/) });
  expect(told.screens.map(({ user }) => user.id)).toContain(nurse.id);
  await waitFor(async () => shape(system, await nurse.get('/system')).pathAgeMs !== null);
});
