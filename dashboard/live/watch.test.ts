import { expect, test } from 'vitest';
import { isFreshPath } from '#schemas/http/live-times.ts';
import { assess, type Heard } from './watch.ts';

const trusted: Heard = { startedAt: 0, lastFrameAt: 0, path: { ageMs: 0, toldAt: 0 }, lastTrustedAt: 1_000 };

test.each([
  // name, what was heard, now, what the screen says
  ['nothing yet', { startedAt: 0, lastFrameAt: null, path: null, lastTrustedAt: null }, 11_999, 'connecting'],
  [
    'frames, but no trusted tick',
    { startedAt: 0, lastFrameAt: 9_000, path: null, lastTrustedAt: null },
    10_000,
    'connecting',
  ],
  ['nothing for 12 s', { startedAt: 0, lastFrameAt: null, path: null, lastTrustedAt: null }, 12_000, 'stale'],
  ['nothing for 25 s', { startedAt: 0, lastFrameAt: null, path: null, lastTrustedAt: null }, 25_000, 'not-monitored'],
  ['a frame just now', trusted, 11_999, 'watching'],
  ['no frame for 12 s', trusted, 12_000, 'stale'],
  ['no frame for just under 25 s', trusted, 24_999, 'stale'],
  ['no frame for 25 s', trusted, 25_000, 'not-monitored'],
  [
    'no frame for 25 s, though the path was young',
    { ...trusted, path: { ageMs: 0, toldAt: 20_000 } },
    25_000,
    'not-monitored',
  ],
  ['frames go on, the path is 14.999 s old', { ...trusted, lastFrameAt: 14_000 }, 14_999, 'watching'],
  ['frames go on, the path is 15 s old', { ...trusted, lastFrameAt: 14_000 }, 15_000, 'stale'],
  ['the path’s age was told with the tick', { ...trusted, path: { ageMs: 14_000, toldAt: 0 } }, 1_000, 'stale'],
  ['frames go on, the path is 25 s old', { ...trusted, lastFrameAt: 24_000 }, 25_000, 'not-monitored'],
  [
    'frames go on, no path ever',
    { startedAt: 0, lastFrameAt: 24_000, path: null, lastTrustedAt: null },
    25_000,
    'not-monitored',
  ],
] satisfies [string, Heard, number, string][])('%s', (_name, heard, now, says) => {
  expect(assess(heard, now).at).toBe(says);
});

test('NOT MONITORED names the last trusted record and why', () => {
  expect(assess(trusted, 30_000)).toEqual({
    at: 'not-monitored',
    because: 'frame',
    forMs: 30_000,
    lastTrustedAt: 1_000,
  });
  const path = assess({ ...trusted, lastFrameAt: 29_000 }, 30_000);
  expect(path).toMatchObject({ at: 'not-monitored', because: 'path', forMs: 30_000 });
});

test.each([
  [null, false],
  [0, true],
  [14_999, true],
  [15_000, false],
])('a path age of %s lets the screen say WATCHING: %s', (age, fresh) => {
  expect(isFreshPath(age)).toBe(fresh);
});
