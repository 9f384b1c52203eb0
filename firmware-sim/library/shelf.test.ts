import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { demoLibrary } from '#schemas/library/demo-library.ts';
import { libraryText } from '#schemas/library/distributed.ts';
import { type LibraryOffer, openShelf } from './shelf.ts';
import { diskFiles, memoryFiles, type ShelfFiles } from './shelf-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'dripwatch-shelf-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;
const freshDisk = () => {
  count += 1;
  return diskFiles(join(folder, `P${count}`));
};

/** The parts of a library, cut small so that there are several. */
function offersOf(version: string, text = libraryText(version, demoLibrary()), many = 4): LibraryOffer[] {
  const bytes = Buffer.from(text);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const size = Math.ceil(bytes.length / many);
  return Array.from({ length: many }, (_, n) => ({
    id: `${version}/${n}`,
    cmd: 'library',
    args: {
      version,
      sha256,
      part: n + 1,
      parts: many,
      data: bytes.subarray(n * size, (n + 1) * size).toString('base64'),
    },
  }));
}
const open = (files: ShelfFiles) => openShelf(files, new Map());

describe.each([
  ['on disk', freshDisk],
  ['in memory', memoryFiles],
])('libraries %s', (_where, files) => {
  test('a library comes in by parts in any order, waits, and is the pump’s own once it is installed', () => {
    const shelf = open(files());
    const offers = offersOf('L-2').toReversed();
    const taken = offers.map((offer) => shelf.take(offer));
    expect(taken.map(({ reply }) => reply.missing)).toEqual([[[1, 3]], [[1, 2]], [[1, 1]], []]);
    expect(taken.map(({ complete }) => complete)).toEqual([null, null, null, 'L-2']);
    expect([shelf.waiting(), shelf.find('L-2') !== null]).toEqual(['L-2', true]);
    shelf.promote('L-2');
    expect([shelf.waiting(), shelf.find('L-2')?.careAreas.size]).toEqual([null, demoLibrary().careAreas.length]);
  });

  test.each([0, 1, 2, 3, 4])(
    'after a power loss behind part %i nothing that was written is asked for again',
    (parts) => {
      const kept = files();
      const offers = offersOf('L-2');
      const before = open(kept);
      for (const offer of offers.slice(0, parts)) before.take(offer);
      const after = open(kept);
      const answer = after.take(offers[3] as LibraryOffer);
      const lacking = parts < 3 ? [[parts + 1, 3]] : [];
      expect(answer.reply).toEqual({ ok: true, missing: lacking });
      expect(after.waiting()).toBe(parts >= 3 ? 'L-2' : null);
    },
  );

  test('what is installed is installed after a restart', () => {
    const kept = files();
    const shelf = open(kept);
    for (const offer of offersOf('L-2')) shelf.take(offer);
    shelf.promote('L-2');
    const again = open(kept);
    expect(again.find('L-2')).not.toBeNull();
    // Offered again: one part is enough to say that it is here.
    expect(again.take(offersOf('L-2')[0] as LibraryOffer).reply).toEqual({ ok: true, missing: [] });
  });
});

test('back to the installed one: what waited is gone, and nothing has to come again', () => {
  const shelf = open(memoryFiles());
  for (const offer of offersOf('L-1')) shelf.take(offer);
  shelf.promote('L-1');
  for (const offer of offersOf('L-2')) shelf.take(offer);
  expect(shelf.take(offersOf('L-1')[3] as LibraryOffer)).toEqual({ reply: { ok: true, missing: [] }, complete: 'L-1' });
  expect(shelf.waiting()).toBeNull();
});

test.each<[string, LibraryOffer[], RegExp]>([
  [
    'other bytes than its digest says',
    offersOf('L-2').map((offer) => ({ ...offer, args: { ...offer.args, sha256: 'f'.repeat(64) } })),
    /sha256 differs/,
  ],
  ['no library', offersOf('L-2', '{"format":"other"}', 1), /can not be read: format/],
  ['a library of another name', offersOf('L-2', libraryText('L-3', demoLibrary()), 2), /calls itself L-3/],
  [
    'a part beyond the last',
    offersOf('L-2', 'x', 1).map((offer) => ({ ...offer, args: { ...offer.args, part: 2 } })),
    /part 2 of 1/,
  ],
  [
    'more than a pump holds',
    offersOf('L-2', 'x', 1).map((offer) => ({ ...offer, args: { ...offer.args, parts: 1_000 } })),
    /more than/,
  ],
])('%s is refused with a word, and the next one is taken', (_name, offers, words) => {
  const shelf = open(freshDisk());
  const answers = offers.map((offer) => shelf.take(offer));
  expect(answers.at(-1)?.reply.ok).toBe(false);
  expect(answers.at(-1)?.reply.error).toMatch(words);
  expect(shelf.waiting()).toBeNull();
  const good = offersOf('L-2').map((offer) => shelf.take(offer));
  expect(good.at(-1)?.complete).toBe('L-2');
});
