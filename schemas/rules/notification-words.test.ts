import fc from 'fast-check';
import { expect, test } from 'vitest';
import { notificationPayload, purposes } from '../http/notification.ts';
import { priorities } from '../messages/record.ts';
import { listedType, speakKeys, speakNotification, spellNotification } from './notification-words.ts';

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
test('whatever stands in a type beside its name never comes out', () => {
  const names = ['', 'silent-pump', 'MDC_EVT_BATT_LO', 'MDC_EVT_FLUID_LINE_OCCL', 'MDC_EVT_UNKNOWN'];
  const secrets = fc.constantFrom('J.M.', 'K.A.', 'treprostinil', 'DOBUTamine', 'REF-0147', '45.57 mg/mL');
  const given = fc.record({
    kind: fc.constantFrom(...purposes),
    priority: fc.constantFrom(...priorities, null),
    name: fc.constantFrom(...names),
    secret: secrets,
    filling: fc.string({ maxLength: 20 }),
    count: fc.integer({ min: 1, max: 500 }),
  });
  fc.assert(
    fc.property(given, ({ kind, priority, name, secret, filling, count }) => {
      const type = `${name}${filling}${secret}`;
      const payload = notificationPayload.parse({ kind, priority, type, alert, count });
      const said = [Object.values(spellNotification(payload)), speakNotification(payload), listedType(type)].join(' ');
      expect(said).not.toContain(secret);
    }),
  );
});

test('a call that tests asks for an answer, any other says that it takes nothing over', () => {
  const said = (kind: (typeof purposes)[number]) =>
    speakKeys({ kind, priority: null, type: null, alert: null, count: 1 });
  expect(said('reachability')).toBe('Press 1 to answer the test.');
  expect(said('alert')).toContain('does not take it for you');
});
