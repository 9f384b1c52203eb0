import { describe, expect, test } from 'vitest';
import { demoLibrary } from '#schemas/library/demo-library.ts';
import type { LibraryContent } from '#schemas/library/library.ts';
import { indexLibrary } from '#schemas/rules/library-index.ts';
import { advancePump, type PumpRules } from '../pump.ts';
import { newPump, usualSettings } from '../pump-state.ts';
import { therapies } from '../therapies.ts';
import { factoryLibrary, factoryVersion } from './factory.ts';
import { type ProgrammingHabits, usualHabits } from './programming.ts';

/** What a pump with this library tells while one therapy is programmed once, and what it then does. */
function programmed(
  name: string,
  habits: Partial<ProgrammingHabits>,
  change: (library: LibraryContent) => void = () => {},
) {
  const library = demoLibrary();
  change(library);
  const index = indexLibrary(library);
  const rules: PumpRules = {
    settings: { ...usualSettings, alarmsPerHour: 0, habits: { ...usualHabits, mistakes: 0, ...habits } },
    therapies: therapies().filter((therapy) => therapy.name === name),
    libraries: () => index,
  };
  const { records, next, truth } = advancePump(newPump(3, 0, 0), 60_000, rules);
  const limits = records.flatMap(({ draft }) => (draft.kind === 'limit' ? [draft] : []));
  const programmes = records.flatMap(({ draft }) => (draft.kind === 'programme' ? [draft] : []));
  return { limits, programme: programmes[0], state: next, truth: truth.map(({ fault }) => fault), records };
}

const drugOf = (library: LibraryContent, name: string) => {
  const found = library.careAreas.flatMap(({ drugs }) => drugs).find((entry) => entry.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};

test.each(therapies().map(({ name }) => [name]))('%s is inside the library that pumps come with', (name) => {
  const { limits, programme, truth } = programmed(name, { mistakes: 0 });
  expect(limits).toEqual([]);
  expect(truth.filter((fault) => fault !== 'alarm')).toEqual([]);
  expect(programme?.libraryVersion).toBe(factoryVersion);
});

describe('ten times the rate', () => {
  test('is refused by a hard limit, and put right', () => {
    const { limits, programme } = programmed('vancomycin', { mistakes: 1, cancels: 0 });
    expect(limits).toMatchObject([
      { field: 'doseRate', attempted: 100, limit: 17, limitType: 'hard-high', response: 'reprogram' },
    ]);
    expect(limits[0]?.responseMs).toBeGreaterThan(0);
    expect(programme?.rateMlPerH).toBe(120);
  });

  test('is given up, and the pump stays stopped', () => {
    const { limits, programme, state } = programmed('vancomycin', { mistakes: 1, cancels: 1 });
    expect(limits.map(({ response }) => response)).toEqual(['cancel']);
    expect([programme, state.run.at, state.infusion]).toEqual([undefined, 'standby', null]);
  });
});

describe('the right programme in a library with other limits', () => {
  const soft = (library: LibraryContent) => {
    drugOf(library, 'vancomycin').limits.doseRate = { softHigh: 8, hardHigh: 17 };
  };
  const hard = (library: LibraryContent) => {
    drugOf(library, 'vancomycin').limits.doseRate = { softHigh: 5, hardHigh: 8 };
  };

  test('is confirmed at a soft limit, with a reason, and runs', () => {
    const { limits, programme } = programmed('vancomycin', { confirms: 1 }, soft);
    expect(limits).toMatchObject([{ limitType: 'soft-high', attempted: 10, limit: 8, response: 'override' }]);
    expect(limits[0]?.reason).toMatch(/\w/);
    expect(programme?.drug).toBe('vancomycin');
  });

  test('is given up at a soft limit', () => {
    const { limits, programme } = programmed('vancomycin', { confirms: 0 }, soft);
    expect([limits.map(({ response }) => response), programme]).toEqual([['cancel'], undefined]);
  });

  test('can not be confirmed at a hard limit', () => {
    const { limits, programme } = programmed('vancomycin', { confirms: 1 }, hard);
    expect(limits).toMatchObject([{ limitType: 'hard-high', response: 'cancel' }]);
    expect(programme).toBeUndefined();
  });
});

test.each([
  ['stays stopped', 'stopped', undefined],
  ['runs outside the library', 'allowed', null],
] as const)('a drug that is not in the library %s where the care area says so', (_name, outsideLibrary, version) => {
  const { programme, truth, limits } = programmed('vancomycin', {}, (library) => {
    const area = library.careAreas.find(({ name }) => name === 'adult home');
    if (!area) throw new Error('no area');
    area.outsideLibrary = outsideLibrary;
    area.drugs = area.drugs.filter(({ name }) => name !== 'vancomycin');
  });
  expect(truth).toContain('not-in-library');
  expect(limits).toEqual([]);
  if (version === undefined) expect(programme).toBeUndefined();
  else expect([programme?.drug, programme?.libraryVersion]).toEqual(['vancomycin', undefined]);
});

test('a pump goes by its new library from the next infusion on', () => {
  const strict = demoLibrary();
  drugOf(strict, 'cefTRIAXone').limits.rateMlPerH = { hardHigh: 20 };
  const strictIndex = indexLibrary(strict);
  const rules: PumpRules = {
    settings: { ...usualSettings, alarmsPerHour: 0, habits: { ...usualHabits, mistakes: 0 } },
    therapies: therapies().filter(({ name }) => name === 'ceftriaxone'),
    libraries: (version) => (version === 'strict-1' ? strictIndex : factoryLibrary(version)),
  };
  const minute = 60_000;
  const running = advancePump(newPump(3, 0, 0), 10 * minute, rules).next;
  const { records } = advancePump(running, 180 * minute, rules, [{ do: 'install-library', version: 'strict-1' }]);
  const told = records.flatMap(({ draft }) => {
    if (draft.kind === 'delivery' || draft.kind === 'limit')
      return [`${draft.kind} ${'phase' in draft ? draft.phase : draft.response}`];
    return draft.kind === 'device' && draft.event === 'library-installed' ? [draft.event] : [];
  });
  expect(told.slice(0, 3)).toEqual(['delivery complete', 'library-installed', 'limit cancel']);
});

test('a library is installed at once where nothing runs', () => {
  const rules: PumpRules = { settings: { ...usualSettings, alarmsPerHour: 0 }, therapies: therapies() };
  const waiting = newPump(3, 0, 3_600_000);
  const { next, records } = advancePump(waiting, 1_000, rules, [{ do: 'install-library', version: 'x-2' }]);
  expect([next.libraryVersion, next.pendingLibrary]).toEqual(['x-2', null]);
  expect(records.map(({ draft }) => draft)).toContainEqual({
    kind: 'device',
    event: 'library-installed',
    version: 'x-2',
  });
});
