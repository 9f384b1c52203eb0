import type { NotificationPayload } from '../http/notification.ts';
import { alarmWords } from './alarm-catalogue.ts';

// The only place where what is sent to people gets its words. They come from tables: no text of a pump, an order or a
// patient can get in, whatever stands in an alert.

const rules: ReadonlyMap<string, string> = new Map([
  ['silent-pump', 'A pump is silent'],
  ['programme-against-order', 'A programme differs from the order'],
  ['no-verified-order', 'A pump runs without a verified order'],
  ['programme-against-library', 'A programme is outside the library'],
  ['soft-limit-without-override', 'A soft limit was passed without an override'],
  ['cumulative-dose', 'A cumulative dose is over its limit'],
  ['flow-while-stopped', 'Volume rises while a pump is stopped'],
  ['delivery-deviation', 'Delivery deviates from the programme'],
  ['counters', 'A pump’s counters disagree'],
  ['missed-dose', 'A dose was missed'],
  ['late-dose', 'A dose is late'],
  ['short-dose', 'A dose was short'],
  ['ends-before-visit', 'An infusion ends before the next visit'],
  ['occlusion-trend', 'Pressure is rising in a line'],
  ['repeated-occlusion', 'A line occludes again and again'],
  ['pca-demand', 'PCA demands exceed what is given'],
  ['running-on-hold', 'A pump runs while its therapy is on hold or ended'],
  ['unreadable-alarm', 'An alarm could not be read'],
  ['unreadable-pump', 'A pump’s records can’t be read'],
  ['library-version', 'A pump has another drug library'],
  ['battery-fade', 'A battery is fading'],
  ['clock-off', 'A pump’s clock is off'],
  ['gap-open', 'Records of a pump are missing'],
  ['reboot-storm', 'A pump restarts again and again'],
  ['duplicate-pump', 'Two pumps use one name'],
  ['rejected-records', 'Records of a pump are refused'],
  ['nobody-watching', 'Nobody is watching'],
  ['on-call-unreachable', 'Nobody on call can be reached'],
  ['platform-delayed', 'The platform is delayed'],
  ['canary-late', 'The canary is late'],
]);

const priorityMarks = { high: '▲ HIGH', medium: '◆ MEDIUM', low: '● LOW' } as const;

/** What an alert's type is called outside; null where nobody listed it. */
export function typeWords(type: string | null): string | null {
  return type === null ? null : (rules.get(type) ?? alarmWords(type));
}

/** A rule's name as machines are told it; null for a pump's own codes, which may hold anything. */
export const listedType = (type: string | null): string | null => (type !== null && rules.has(type) ? type : null);

export type Words = { title: string; text: string };

/** Title and one line, for a lock screen, a mail or a text message. */
export function spellNotification({ kind, priority, type, count }: NotificationPayload): Words {
  const mark = priority === null ? '' : `${priorityMarks[priority]} `;
  const what = typeWords(type);
  const sentence = what === null ? '' : `${what}. `;
  const alerts = count > 1 ? `${count} alerts` : 'alert';
  switch (kind) {
    case 'alert':
      return { title: `${mark}${alerts}`.trim(), text: `${sentence}Open it to see where and to take it.` };
    case 'owner-lapsed':
      return { title: `${mark}${alerts}: yours lapsed`, text: `${sentence}You took it; say that you still have it.` };
    case 'test':
      return { title: 'Dripwatch test', text: 'A test that you or an administrator asked for. Answer it: one tap.' };
    case 'reachability':
      return { title: 'Your shift: can we reach you?', text: 'Answer this test, so that alerts can reach you.' };
    case 'downtime-list':
      return { title: 'Downtime list', text: 'The list of whom to call is ready: open it and print it.' };
    case 'platform':
      return { title: `${mark}Dripwatch itself needs somebody`.trim(), text: `${sentence}Open it to see what fails.` };
  }
}

/** What a call says before it asks for the key press. */
export function speakNotification(payload: NotificationPayload): string {
  const { kind, priority, type, count } = payload;
  const hello = 'This is Dripwatch, the infusion pump monitor.';
  const what = typeWords(type);
  const named = what === null ? '' : ` ${what}.`;
  const howMany = count > 1 ? `${count} alerts` : 'an alert';
  switch (kind) {
    case 'alert':
      return `${hello} You are needed for ${howMany} of ${priority ?? 'unknown'} priority.${named}`;
    case 'owner-lapsed':
      return `${hello} The ${priority ?? ''} priority alert that you took has lapsed.${named}`.replace('  ', ' ');
    case 'test':
      return `${hello} This is a test of your telephone.`;
    case 'reachability':
      return `${hello} Your shift on call begins. This call tests whether you can be reached.`;
    case 'downtime-list':
      return `${hello} The downtime list is ready to be printed.`;
    case 'platform':
      return `${hello} The platform itself needs somebody.${named}`;
  }
}

/** What the key press means, said after {@link speakNotification}. A call never takes an alert over. */
export function speakKeys({ kind }: NotificationPayload): string {
  if (kind === 'test' || kind === 'reachability') return 'Press 1 to answer the test.';
  return 'Press 1 to say that you have heard this. Then open Dripwatch to take it: this call does not take it for you.';
}
