import { expect, test } from 'vitest';
import { inMessages } from './provisional.ts';

const alert = (n: number) => ({
  id: `${n}`,
  pump: 'PUMP-0001',
  type: 'silent-pump',
  priority: 'medium' as const,
  message: 'Silent '.repeat(20),
  raisedAt: 1,
  receivedAt: 1,
  late: false,
});

test('an empty set is a message too: it ends what was shown', () => {
  expect(inMessages([])).toEqual([[]]);
});

test('a large set is told whole, in messages that the broker takes', () => {
  const alerts = Array.from({ length: 4_500 }, (_, n) => alert(n));
  const messages = inMessages(alerts);
  expect(messages.flat()).toEqual(alerts);
  for (const message of messages) expect(JSON.stringify(message).length).toBeLessThan(1024 * 1024);
});
