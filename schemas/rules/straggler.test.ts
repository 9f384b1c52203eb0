import { expect, test } from 'vitest';
import { type StragglerFacts, type StragglerReason, stragglerReason } from './straggler.ts';

const heard: StragglerFacts = {
  state: 'assigned',
  versionRetired: false,
  refusedAt: null,
  error: null,
  heardAt: 900,
  silentSince: null,
  infusionSince: null,
  receivedAt: null,
  sentAt: null,
};

test.each<[string, Partial<StragglerFacts>, Partial<StragglerReason>]>([
  ['nothing was sent yet', {}, { kind: 'waits-its-turn', since: null }],
  ['it was never heard', { heardAt: null }, { kind: 'never-heard' }],
  ['it is silent', { silentSince: 500, state: 'transferring', sentAt: 400 }, { kind: 'silent', since: 500 }],
  [
    'it is silent with the library in it',
    { silentSince: 500, state: 'received', infusionSince: 1 },
    { kind: 'silent', since: 500 },
  ],
  [
    'an infusion runs',
    { state: 'received', infusionSince: 300, receivedAt: 700 },
    { kind: 'infusion-running', since: 300 },
  ],
  ['it has it and does nothing', { state: 'received', receivedAt: 700 }, { kind: 'waits-for-install', since: 700 }],
  ['it does not answer', { state: 'offered', sentAt: 800 }, { kind: 'no-answer', since: 800 }],
  [
    'it refused and is tried again',
    { state: 'offered', sentAt: 800, refusedAt: 800, error: 'no room' },
    { kind: 'refused', since: 800, error: 'no room' },
  ],
  [
    'it refused for good',
    { state: 'failed', silentSince: 500, refusedAt: 850, error: 'no room' },
    { kind: 'refused', error: 'no room' },
  ],
  ['the version was retired', { state: 'offered', versionRetired: true, sentAt: 1 }, { kind: 'version-retired' }],
  [
    'the version was retired after it came',
    { state: 'received', versionRetired: true, receivedAt: 7 },
    { kind: 'waits-for-install' },
  ],
])('%s', (_name, facts, reason) => {
  expect(stragglerReason({ ...heard, ...facts })).toMatchObject(reason);
});
