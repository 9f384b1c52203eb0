import { expect, test } from 'vitest';
import { createReceipts } from './receipts.ts';

function page() {
  const state = { visible: true };
  const frames: (() => void)[] = [];
  const shown: (() => void)[] = [];
  const sent: string[] = [];
  const later: (() => void)[] = [];
  const receipts = createReceipts(
    {
      visible: () => state.visible,
      onVisible: (then) => shown.push(then),
      nextFrame: (then) => frames.push(then),
      later: (then) => later.push(then),
    },
    ({ type, seq }) => sent.push(`${type} ${seq}`),
  );
  const paint = () => {
    for (const frame of frames.splice(0)) frame();
  };
  const show = (visible: boolean) => {
    state.visible = visible;
    if (visible) for (const then of shown) then();
  };
  return { receipts, paint, show, sent, later };
}

test('a row counts as rendered after it was painted: at the second frame', () => {
  const { receipts, paint, sent } = page();
  receipts.inPage(7);
  paint();
  expect(sent).toEqual([]);
  paint();
  expect(sent).toEqual(['rendered 7']);
});

test('a hidden page says nothing until it is shown', () => {
  const { receipts, paint, show, sent } = page();
  show(false);
  receipts.inPage(7);
  paint();
  paint();
  expect(sent).toEqual([]);
  show(true);
  paint();
  paint();
  expect(sent).toEqual(['rendered 7']);
});

test('a page that is hidden between the two frames says nothing', () => {
  const { receipts, paint, show, sent } = page();
  receipts.inPage(7);
  paint();
  show(false);
  paint();
  expect(sent).toEqual([]);
});

test('a number is said once per link', () => {
  const { receipts, paint, sent } = page();
  for (let again = 0; again < 2; again += 1) {
    receipts.inPage(7);
    paint();
    paint();
  }
  expect(sent).toEqual(['rendered 7']);
  receipts.reset();
  receipts.inPage(7);
  paint();
  paint();
  expect(sent).toEqual(['rendered 7', 'rendered 7']);
});

test('a flood is said in portions, newest first, so that the server does not cut the link', () => {
  const { receipts, paint, sent, later } = page();
  for (let seq = 1; seq <= 100; seq += 1) receipts.inPage(seq);
  paint();
  paint();
  expect(sent).toHaveLength(40);
  expect(sent[0]).toBe('rendered 100');
  for (const then of later.splice(0)) then();
  paint();
  paint();
  expect(sent).toHaveLength(80);
});
