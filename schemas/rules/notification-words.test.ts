import fc from 'fast-check';
import { expect, test } from 'vitest';
import { notificationPayload, purposes } from '../http/notification.ts';
import { priorities } from '../messages/record.ts';
import { speakKeys, speakNotification, spellNotification, typeWords } from './notification-words.ts';

const alert = '0b4f9c1e-0000-4000-8000-000000000001';

test.each([
  [
    { kind: 'alert', priority: 'high', type: 'silent-pump', count: 1 },
    '▲ HIGH alert',
    'A pump is silent. Open it to see where and to take it.',
  ],
  [
    { kind: 'alert', priority: 'medium', type: 'MDC_EVT_FLUID_LINE_OCCL', count: 3 },
    '◆ MEDIUM 3 alerts',
    'Downstream occlusion. Open it to see where and to take it.',
  ],
  [
    { kind: 'alert', priority: 'high', type: 'MDC_EVT_J_M_MORPHINE', count: 1 },
    '▲ HIGH alert',
    'Open it to see where and to take it.',
  ],
  [
    { kind: 'owner-lapsed', priority: 'high', type: null, count: 1 },
    '▲ HIGH alert: yours lapsed',
    'You took it; say that you still have it.',
  ],
  [
    { kind: 'platform', priority: null, type: 'canary-late', count: 1 },
    'Dripwatch itself needs somebody',
    'The canary is late. Open it to see what fails.',
  ],
] as const)('%j is spelled', (given, title, text) => {
  expect(spellNotification({ alert, ...given })).toEqual({ title, text });
});

// A pump may put anything into an alarm's code, a patient's initials and drug too.
test('words depend on listed types alone: nothing else of a type ever comes out', () => {
  const anyType = fc.oneof(fc.string({ maxLength: 60 }), fc.constantFrom('J.M.', 'treprostinil', 'REF-0147'));
  const given = fc.record({
    kind: fc.constantFrom(...purposes),
    priority: fc.constantFrom(...priorities, null),
    type: fc.option(anyType),
    alert: fc.constant(alert),
    count: fc.integer({ min: 1, max: 500 }),
  });
  fc.assert(
    fc.property(given, (payload) => {
      fc.pre(typeWords(payload.type) === null);
      const untyped = { ...notificationPayload.parse(payload), type: null };
      expect(spellNotification(payload)).toEqual(spellNotification(untyped));
      expect(speakNotification(payload)).toBe(speakNotification(untyped));
    }),
  );
});

test('a call that tests asks for an answer, any other says that it takes nothing over', () => {
  const said = (kind: (typeof purposes)[number]) =>
    speakKeys({ kind, priority: null, type: null, alert: null, count: 1 });
  expect(said('reachability')).toBe('Press 1 to answer the test.');
  expect(said('alert')).toContain('does not take it for you');
});
