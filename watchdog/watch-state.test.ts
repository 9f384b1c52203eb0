import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  confirmAfterMs,
  type Finding,
  flappingMs,
  longestQuietMs,
  nextWatch,
  type PageCause,
  quietMs,
  remindEveryMs,
  startingMs,
  type WatchState,
} from './watch-state.ts';

const broken: Finding[] = [{ component: 'ingest', problem: 'does not answer' }];
const worse: Finding[] = [...broken, { component: 'canary', problem: 'late' }];
const calm = { recoveredAt: null, quietMs };
const ok: WatchState = { at: 'ok', ...calm };
const suspect: WatchState = { at: 'suspect', since: 0, what: broken, ...calm };
const failing: WatchState = { at: 'failing', since: 0, what: broken, pagedAt: 0, goodSince: null, quietMs };
const t0 = 1_000_000;

const table: [string, WatchState, Finding[], number, WatchState, PageCause | null][] = [
  ['a first good round', { at: 'starting', since: 0 }, [], 1, ok, null],
  [
    'a bad round while everything may be starting',
    { at: 'starting', since: 0 },
    broken,
    startingMs - 1,
    { at: 'starting', since: 0 },
    null,
  ],
  [
    'a platform that never came up',
    { at: 'starting', since: 0 },
    broken,
    startingMs,
    { ...failing, pagedAt: startingMs },
    { kind: 'failing', since: 0, what: broken },
  ],
  ['a good round', ok, [], 1, ok, null],
  ['a first bad round', ok, broken, 0, suspect, null],
  ['a restart that is over before it is confirmed', suspect, [], 1, ok, null],
  ['not yet confirmed', suspect, worse, confirmAfterMs - 1, { ...suspect, what: worse }, null],
  [
    'confirmed',
    suspect,
    worse,
    confirmAfterMs,
    { ...failing, what: worse, pagedAt: confirmAfterMs },
    { kind: 'failing', since: 0, what: worse },
  ],
  ['goes on failing', failing, worse, remindEveryMs - 1, { ...failing, what: worse }, null],
  [
    'time for a reminder',
    failing,
    worse,
    remindEveryMs,
    { ...failing, what: worse, pagedAt: remindEveryMs },
    { kind: 'still-failing', since: 0, what: worse },
  ],
  ['a first good round of an outage', failing, [], 5, { ...failing, goodSince: 5 }, null],
  [
    'good, but not for long enough',
    { ...failing, goodSince: 5 },
    [],
    5 + quietMs - 1,
    { ...failing, goodSince: 5 },
    null,
  ],
  ['bad again before it counted', { ...failing, goodSince: 5 }, broken, 6, failing, null],
  [
    'good for long enough',
    { ...failing, goodSince: 5 },
    [],
    5 + quietMs,
    { at: 'ok', recoveredAt: 5 + quietMs, quietMs },
    { kind: 'recovered', since: 0, what: broken },
  ],
  [
    'an outage soon after a recovery is paged, and its recovery must last twice as long',
    { ...suspect, since: t0, recoveredAt: t0 - flappingMs + 1 },
    broken,
    t0 + confirmAfterMs,
    { ...failing, since: t0, pagedAt: t0 + confirmAfterMs, quietMs: 2 * quietMs },
    { kind: 'failing', since: t0, what: broken },
  ],
  [
    'an outage long after a recovery begins anew',
    { ...suspect, since: t0, recoveredAt: t0 - flappingMs, quietMs: 8 * quietMs },
    broken,
    t0 + confirmAfterMs,
    { ...failing, since: t0, pagedAt: t0 + confirmAfterMs },
    { kind: 'failing', since: t0, what: broken },
  ],
  [
    'the quiet that a recovery needs has an upper limit',
    { ...suspect, since: t0, recoveredAt: t0 - 1, quietMs: longestQuietMs },
    broken,
    t0 + confirmAfterMs,
    { ...failing, since: t0, pagedAt: t0 + confirmAfterMs, quietMs: longestQuietMs },
    { kind: 'failing', since: t0, what: broken },
  ],
];

test.each(table)('%s', (_name, state, findings, now, next, page) => {
  expect(nextWatch(state, findings, now)).toEqual({ next, page });
});

/** The pages of rounds every 10 s. */
function pagesOf(rounds: readonly boolean[]): { kind: string; round: number }[] {
  let state: WatchState = ok;
  return rounds.flatMap((good, round) => {
    const { next, page } = nextWatch(state, good ? [] : broken, round * 10_000);
    state = next;
    return page === null ? [] : [{ kind: page.kind, round }];
  });
}

test('whatever stops is paged 20 s after the first bad round', () => {
  expect(pagesOf([true, false, false, false])).toEqual([{ kind: 'failing', round: 3 }]);
});

test.each([[2], [3], [4], [6], [10], [30], [60]])('%i rounds bad, as many good, for 12 hours: no flood', (period) => {
  const rounds = Array.from({ length: 12 * 360 }, (_, round) => Math.floor(round / period) % 2 === 1);
  const pages = pagesOf(rounds);
  expect(pages.length).toBeLessThan(12 * 6 + 20);
  const hour = (at: number) => pages.filter(({ round }) => Math.floor(round / 360) === at).length;
  for (let at = 0; at < 12; at += 1) expect(hour(at)).toBeLessThanOrEqual(16);
});

test('in any history an outage is paged once, reminded at most every 10 min, and told when it is over', () => {
  const history = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 100 })), { maxLength: 40 });
  fc.assert(
    fc.property(history, (stretches) => {
      const pages = pagesOf(stretches.flatMap(([good, length]) => Array.from({ length }, () => good)));
      let open = false;
      let last = 0;
      for (const { kind, round } of pages) {
        expect(open).toBe(kind !== 'failing');
        if (kind === 'still-failing') expect((round - last) * 10_000).toBeGreaterThanOrEqual(remindEveryMs);
        if (kind !== 'recovered') last = round;
        open = kind !== 'recovered';
      }
    }),
  );
});
