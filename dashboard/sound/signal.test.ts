import { expect, test } from 'vitest';
import type { Watch } from '../live/watch.ts';
import { someAlert } from '../shapes.test-data.ts';
import type { BoardAlert } from '../store.ts';
import { signalOf } from './signal.ts';

const alert = (facts: Partial<BoardAlert>): BoardAlert => ({ ...someAlert(facts), feedSeq: 1, ownSeq: true });
const watching: Watch = { at: 'watching' };
const untrusted: Watch = { at: 'not-monitored', because: 'frame', forMs: 30_000, lastTrustedAt: null };
const high = alert({ priority: 'high' });
const medium = alert({ priority: 'medium' });

test.each<[string, Watch, BoardAlert[], boolean, ReturnType<typeof signalOf>]>([
  ['nothing open', watching, [], false, null],
  ['the most urgent', watching, [medium, high], false, 'high'],
  ['on a phone too', watching, [medium], true, 'medium'],
  ['what somebody has is quiet', watching, [{ ...high, responsibility: 'accepted' }, medium], false, 'medium'],
  ['what ended is quiet', watching, [{ ...high, condition: 'ended' }], false, null],
  ['NOT MONITORED at a desk', untrusted, [], false, 'high'],
  ['NOT MONITORED on a phone: the red screen, and the server calls', untrusted, [high], true, null],
])('what is heard: %s', (_what, watch, alerts, phone, expected) => {
  expect(signalOf(watch, alerts, phone)).toBe(expected);
});
