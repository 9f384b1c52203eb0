import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { goneRecord, sampleRecord } from '#schemas/messages/record.ts';
import { maxBatchRecords } from '#schemas/topics.ts';
import { acknowledged, addSample, type CanaryJournal, openJournal, saveJournal } from './canary-journal.ts';

function file(): string {
  const dir = mkdtempSync(join(tmpdir(), 'dripwatch-canary-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return join(dir, 'watchdog', 'canary.json');
}

const samples = (journal: CanaryJournal, count: number) =>
  Array.from({ length: count }).reduce<CanaryJournal>((before) => addSample(before, 1_000, 5), journal);

test('a journal outlives its process: same epoch, next boot, numbers go on', () => {
  const path = file();
  const { journal, lost } = openJournal(path);
  expect({ lost, boot: journal.boot }).toEqual({ lost: false, boot: 1 });
  saveJournal(path, acknowledged(samples(journal, 3), 1));
  const again = openJournal(path).journal;
  expect(again).toMatchObject({ epoch: journal.epoch, boot: 2, last: 3 });
  const next = addSample(again, 2_000, 6);
  expect(next.records.map(({ seq, boot }) => [seq, boot])).toEqual([
    [2, 1],
    [3, 1],
    [4, 2],
  ]);
});

test('a journal that cannot be read begins a new epoch, and says so', () => {
  const path = file();
  saveJournal(path, openJournal(path).journal);
  const { epoch } = openJournal(path).journal;
  writeFileSync(path, '{"epoch": "8f');
  const { journal, lost } = openJournal(path);
  expect(lost).toBe(true);
  expect(journal.epoch).not.toBe(epoch);
});

test('however long nothing is acknowledged, all of it fits one batch and every number is kept or declared gone', () => {
  const journal = samples(openJournal(file()).journal, 1_000);
  expect(journal.records.length).toBeLessThanOrEqual(maxBatchRecords);
  const [gone, ...rest] = journal.records;
  expect(goneRecord.safeParse(gone).success).toBe(true);
  expect(gone).toMatchObject({ kind: 'gone', from: 1, to: (gone?.seq ?? 0) - 1 });
  expect(rest.every((record) => sampleRecord.safeParse(record).success)).toBe(true);
  expect(journal.records.map(({ seq }) => seq)).toEqual(
    Array.from({ length: journal.records.length }, (_, at) => (gone?.seq ?? 0) + at),
  );
  expect(journal.records.at(-1)?.seq).toBe(journal.last);
});
