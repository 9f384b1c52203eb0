import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { libraryAssignmentDetail } from '#schemas/http/library-assignments.ts';
import { demoLibrary } from '#schemas/library/demo-library.ts';
import { openHost } from '../../firmware-sim/fleet.ts';
import { usualSettings } from '../../firmware-sim/pump-state.ts';
import { newSimPump } from '../../firmware-sim/sim-pump.ts';
import { therapies } from '../../firmware-sim/therapies.ts';
import { openTruthLog } from '../../firmware-sim/truth.ts';
import { addPerson, Person, shape } from '../support/api.ts';
import { publishedLibrary } from '../support/libraries.ts';
import { noApi, provisionFor, simFolder } from '../support/sim.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { waitFor } from '../support/wait-for.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack?.close());

/** A library of several parts. */
function bigLibrary() {
  const big = demoLibrary();
  const area = big.careAreas[0];
  const drug = area?.drugs[0];
  if (!area || !drug) throw new Error('the demo library has drugs');
  const advisories = Array.from({ length: 20 }, (_, n) => `${n} ${'slow down '.repeat(80)}`);
  area.drugs.push(
    ...Array.from({ length: 6 }, (_, n) => ({ ...drug, name: `filler ${n}`, alsoKnownAs: [], advisories })),
  );
  return big;
}

test('a simulated pump that loses its power in the middle of a transfer installs the library all the same', {
  timeout: 60_000,
}, async () => {
  const folder = simFolder();
  await provisionFor(folder, stack.database, ['SIMLIB-1']);
  const options = {
    dataDir: folder,
    prefix: 'SIMLIB-',
    apiUrl: noApi,
    brokerUrl: stack.broker.url,
    journal: 'file',
  } as const;
  const errors: unknown[] = [];
  const host = openHost(
    { ...options, fsync: 'close', capacity: 1_000, backlogPerS: 1_000 },
    () => Promise.reject(new Error('no api')),
    (error) => errors.push(error),
  );
  const truthFile = join(folder, 'truth.ndjson');
  const pump = newSimPump({
    ...host.deviceDeps({ id: 'SIMLIB-1', serial: 'S1' }),
    rules: { settings: { ...usualSettings, alarmsPerHour: 0 }, therapies: therapies().slice(0, 1) },
    truth: openTruthLog(truthFile),
    ...{ seed: 1, n: 0, seeded: { rng: 1 }, historyHours: 0, startWithinMs: 86_400_000, speed: 1, spanMs: null },
  });
  onTestFinished(async () => {
    await pump.close();
    host.close();
  });
  pump.losePower(1_000, 2);
  pump.start();
  await waitFor(() => pump.device.journal.upTo > 0, { what: 'the pump to be heard' });

  const person = async (role: 'pharmacist' | 'technician') =>
    Person.signIn(stack.api, await addPerson(stack.database.pool, role));
  const [author, approver, technician] = [
    await person('pharmacist'),
    await person('pharmacist'),
    await person('technician'),
  ];
  const library = await publishedLibrary(author, approver, 'Sim', 1, bigLibrary());
  const body = { library, version: 1, scope: { pumps: ['SIMLIB-1'] } };
  const made = shape(libraryAssignmentDetail, await technician.post('/library-assignments', body));
  expect(made.parts).toBeGreaterThan(2);
  await waitFor(
    async () =>
      shape(libraryAssignmentDetail, await technician.get(`/library-assignments/${made.id}`)).counts.installed === 1,
    { timeoutMs: 30_000, what: 'the library to be installed' },
  );
  expect(pump.state.libraryVersion).toBe('Sim-1');
  const truth = readFileSync(truthFile, 'utf8');
  expect(truth).toMatch(/"fault":"power-loss","phase":"start","offMs":1000,"library":"Sim-1","part":2/);
  // What it had written before the power went was not sent again.
  const { rows } = await stack.database.pool.query(
    'select sends, refusals, error from library_transfer where assignment_id = $1',
    [made.id],
  );
  expect(rows).toEqual([{ sends: 0, refusals: 0, error: null }]);
  expect(errors).toEqual([]);
});
