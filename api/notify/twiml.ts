import type { NotificationPayload } from '#schemas/http/notification.ts';
import { speakKeys, speakNotification } from '#schemas/rules/notification-words.ts';

// TwiML: what the gateway says and waits for. A call answers a test or says that its person has heard of an alert; it never
// takes an alert over (docs/decisions).

/** How long it waits for the key after having spoken. */
const waitS = 8;

const asXml = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
const say = (text: string) => `<Say>${asXml(text)}</Say>`;
const respond = (content: string) => `<?xml version="1.0" encoding="UTF-8"?><Response>${content}</Response>`;

/** Says what it is, three times unless a key is pressed. */
export function callTwiml(payload: NotificationPayload, digitsUrl: string): string {
  const words = say(`${speakNotification(payload)} ${speakKeys(payload)}`);
  const gather = `<Gather numDigits="1" timeout="${waitS}" method="POST" action="${asXml(digitsUrl)}">${words}</Gather>`;
  return respond(gather.repeat(3));
}

export const thanksTwiml = ({ kind }: NotificationPayload): string => {
  const isTest = kind === 'test' || kind === 'reachability';
  const words = isTest ? 'The test is answered.' : 'Now open Dripwatch to take the alert.';
  return respond(`${say(`Thank you. ${words}`)}<Hangup/>`);
};

export const overTwiml = (): string => respond(`${say('This call is over.')}<Hangup/>`);
export const noReplyTwiml = (): string => respond('');
