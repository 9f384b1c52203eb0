import { expect, test } from 'vitest';
import { checkedVersion } from '#schemas/http/libraries.ts';
import { libraryAssignmentDetail } from '#schemas/http/library-assignments.ts';
import { demoLibrary } from '#schemas/library/demo-library.ts';
import type { LibraryContent } from '#schemas/library/library.ts';
import { addPerson, apiForThisTest, Person, shape } from '../support/api.ts';
import { provisionPump, type TestBroker, testBroker } from '../support/broker.ts';
import { addPatient, assign } from '../support/care.ts';
import { testDatabase } from '../support/database.ts';
import { HandPump, ingestForThisTest } from '../support/ingest.ts';
import { publishedLibrary } from '../support/libraries.ts';
import { waitFor } from '../support/wait-for.ts';

const programme = {
  ...{ kind: 'programme', infusion: 1, drug: 'DOBUTamine', careArea: 'inotropes', libraryVersion: 'Judged-1' },
  ...{ concentration: { amount: 4000, unit: 'mcg', perMl: 1 }, mode: 'continuous', weightKg: 80 },
  ...{ doseRate: 5, doseUnit: 'mcg/kg/min', rateMlPerH: 6, vtbiMl: 250 },
};

/** The demo library, with dobutamine at this rate at most, mcg/kg/min. */
function withHardLimit(hardHigh: number): LibraryContent {
  const content = { ...demoLibrary(), name: 'Judged' };
  const drugs = content.careAreas.find(({ name }) => name === 'inotropes')?.drugs ?? [];
  const dobutamine = drugs.find(({ name }) => name === 'DOBUTamine');
  if (!dobutamine) throw new Error('the demo library has no dobutamine');
  dobutamine.limits.doseRate = { hardLow: 0.5, softLow: 1, softHigh: 3, hardHigh };
  return content;
}

async function secondVersion(author: Person, approver: Person, library: string, content: LibraryContent) {
  const path = `/drug-libraries/${library}/versions`;
  const { revision } = shape(checkedVersion, await author.post(path));
  shape(checkedVersion, await author.ask('PUT', `${path}/2`, { revision, content }));
  await author.post(`${path}/2/submit`);
  await approver.post(`${path}/2/approve`);
  shape(checkedVersion, await author.post(`${path}/2/publish`));
}

test('each pump is judged by the version assigned to it, one without by the newest published, and another assignment counts at once', {
  timeout: 90_000,
}, async ({ onTestFinished }) => {
  const database = await testDatabase();
  onTestFinished(database.close);
  const broker: TestBroker = await testBroker(database.url);
  onTestFinished(broker.close);
  const api = await apiForThisTest(broker, database.url);
  const person = async (role: 'pharmacist' | 'technician') => Person.signIn(api, await addPerson(database.pool, role));
  const [author, approver, technician] = [
    await person('pharmacist'),
    await person('pharmacist'),
    await person('technician'),
  ];
  const library = await publishedLibrary(author, approver, 'Judged', 1, withHardLimit(20));
  await secondVersion(author, approver, library, withHardLimit(4));
  const roll = async (version: number, pump: string) =>
    shape(
      libraryAssignmentDetail,
      await technician.post('/library-assignments', { library, version, scope: { pumps: [pump] } }),
    );
  const pumpOf = async (id: string) => {
    const hand = await HandPump.connect(broker, await provisionPump(database.pool, id));
    await assign(author, id, await addPatient(author, 'Max Muster'));
    return hand;
  };
  const old = await pumpOf('JUDGED-OLD');
  const next = await pumpOf('JUDGED-NEW');
  const none = await pumpOf('JUDGED-NONE');
  await roll(1, 'JUDGED-OLD');
  await roll(2, 'JUDGED-NEW');
  await ingestForThisTest(broker, database.url);

  const active = async (pump: string): Promise<string[]> => {
    const { rows } = await database.pool.query(
      `select message from alert where pump_id = $1 and type = 'programme-against-library' and condition = 'active'`,
      [pump],
    );
    return rows.map(({ message }) => message);
  };
  const judgedBy = (pump: string, version: number) =>
    waitFor(
      async () => {
        const { rows } = await database.pool.query(
          'select library from infusion_check join infusion using (infusion_id) where pump_id = $1',
          [pump],
        );
        return rows[0]?.library?.name === 'Judged' && rows[0].library.version === version;
      },
      { timeoutMs: 20_000, what: `${pump} to be judged by version ${version}` },
    );
  const told = (pump: string, count: number) =>
    waitFor(async () => (await active(pump)).length === count, {
      timeoutMs: 20_000,
      what: `${count} alerts against the library of ${pump}`,
    });
  for (const hand of [old, next, none]) {
    await hand.send('event', [hand.record(programme)]);
    await hand.acknowledged();
  }
  await told('JUDGED-NEW', 1);
  expect((await active('JUDGED-NEW'))[0]).toContain('4 mcg/kg/min');
  await told('JUDGED-NONE', 1);
  for (const [pump, version] of [
    ['JUDGED-OLD', 1],
    ['JUDGED-NEW', 2],
    ['JUDGED-NONE', 2],
  ] as const) {
    await judgedBy(pump, version);
  }
  expect(await active('JUDGED-OLD')).toEqual([]);

  await roll(1, 'JUDGED-NEW');
  await told('JUDGED-NEW', 0);
  await judgedBy('JUDGED-NEW', 1);
  await roll(2, 'JUDGED-OLD');
  await told('JUDGED-OLD', 1);
  await judgedBy('JUDGED-OLD', 2);
  expect(await active('JUDGED-NONE')).toHaveLength(1);
});
