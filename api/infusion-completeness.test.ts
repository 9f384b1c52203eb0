import { expect, test } from 'vitest';
import { completenessOf, firstMissing, type InfusionJournal, recordSpan } from './infusion-completeness.ts';

const at = (minute: number) => `2026-11-22T02:${String(minute).padStart(2, '0')}:00.000Z`;
const whole: InfusionJournal = {
  ...{ upTo: 40, highest: 40, above: [], lost: [], upToAt: at(40), lastSeq: null, closed: false },
  ...{ rejected: 0, late: 0 },
};
const running = { firstSeq: 11, endedAt: null, lastAt: at(39) };
const ended = { ...running, endedAt: at(30) };

type Expected = Partial<ReturnType<typeof completenessOf>>;
test.each<[string, typeof running | typeof ended, Partial<InfusionJournal>, number | null, Expected]>([
  ['everything in', running, {}, null, { through: at(40), missing: 0, records: 30, completePct: 100 }],
  ['ended: through its end', ended, {}, null, { through: at(30), missing: 0 }],
  ['ended long ago, another after it', ended, { lastSeq: 30 }, null, { through: at(30), records: 20 }],
  [
    'a hole inside it',
    running,
    { upTo: 20, above: [[26, 40]], upToAt: at(20) },
    21,
    { through: at(15), missing: 5, completePct: (100 * 25) / 30 },
  ],
  ['a tail that hello announced', running, { upTo: 35, upToAt: at(35) }, 36, { through: at(15), missing: 5 }],
  [
    'a hole of an earlier infusion is not this one’s',
    running,
    { upTo: 3, above: [[6, 40]], upToAt: at(3) },
    null,
    { through: at(39), missing: 0, records: 30 },
  ],
  [
    'a hole that touches its first record may hold its beginning',
    running,
    { upTo: 7, above: [[11, 40]], upToAt: at(7) },
    8,
    { through: null, missing: 3, records: 33 },
  ],
  [
    'lost records below it count alike, and are explained',
    running,
    {
      lost: [
        [9, 10],
        [20, 21],
      ],
    },
    null,
    { through: at(40), declaredLost: 4, records: 32, completePct: (100 * 28) / 32 },
  ],
  ['a hole after the next infusion began', ended, { upTo: 35, lastSeq: 30 }, null, { through: at(30), missing: 0 }],
  ['rejected records are in, and not read', running, { rejected: 3 }, null, { rejected: 3, completePct: 90 }],
  ['the journal was lost', running, { closed: true }, null, { tailUnknown: true }],
  ['an earlier infusion of a lost journal', ended, { closed: true, lastSeq: 30 }, null, { tailUnknown: false }],
])('%s', (_name, infusion, journal, hole, expected) => {
  const known = { ...whole, ...journal };
  expect(firstMissing(recordSpan(infusion, known), known)).toBe(hole);
  expect(completenessOf(infusion, known, hole === null ? null : at(15))).toMatchObject(expected);
});
