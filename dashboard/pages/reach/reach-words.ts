import type { ContactMethod, MethodChannel } from '#schemas/http/contact-methods.ts';

export const channelWords: Record<MethodChannel, string> = {
  'web-push': 'Notifications',
  'e-mail': 'E-mail',
  sms: 'Text message',
  voice: 'Call',
};

/** How old an answer may be and still say that somebody is reached. */
export const answerCountsMs = 24 * 3_600_000;

export type MethodState = 'dead' | 'failing' | 'waits' | 'answered' | 'old' | 'never';

/** What is to be said of a method first. `now`: the server's time, ms. */
export function stateOf(method: ContactMethod, now: number): MethodState {
  if (method.dead) return 'dead';
  if (method.failingSince !== null) return 'failing';
  if (method.testSentAt !== null) return 'waits';
  if (method.lastAnsweredAt === null) return 'never';
  return now - Date.parse(method.lastAnsweredAt) <= answerCountsMs ? 'answered' : 'old';
}

/** Somebody is reached by what answered within a day and does not fail. */
export const reaches = (method: ContactMethod, now: number): boolean => {
  const { dead, failingSince, lastAnsweredAt } = method;
  return (
    !dead && failingSince === null && lastAnsweredAt !== null && now - Date.parse(lastAnsweredAt) <= answerCountsMs
  );
};

/** How a test of it is answered. */
export const howToAnswer: Record<MethodChannel, string> = {
  'web-push': 'Tap the notification on that device.',
  'e-mail': 'Open the link in the mail.',
  sms: 'Send back the code, or open the link.',
  voice: 'Take the call and press 1.',
};
