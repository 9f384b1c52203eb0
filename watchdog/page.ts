import { randomUUID } from 'node:crypto';
import type { Component, Finding, PageCause } from './watch-state.ts';

/** One message to people, the same on every channel and at every try. */
export type Page = {
  /** Lets a receiver drop what it got twice. */
  id: string;
  kind: PageCause['kind'];
  /** Catalogue type of the alert (alerts-and-limits): the path of the canary stopped. */
  type: 'canary-late';
  at: number;
  /** When the outage was first seen, ms since 1970. */
  since: number;
  components: Component[];
  findings: Finding[];
  subject: string;
  text: string;
};

/** Puts an outage's begin, reminder or end into words; no pump, no patient. */
export function writePage({ kind, since, what }: PageCause, now: number): Page {
  const names = what.map(({ component }) => component);
  const lasted = duration(now - since);
  const list = what.map(({ component, problem }) => `- ${component}: ${problem}`).join('\n');
  const begun = new Date(since).toISOString();
  const words = {
    failing: {
      subject: `Dripwatch FAILING: ${names.join(', ')}`,
      text: `Pumps may be unwatched. Failing since ${begun}:\n${list}\nPumps keep their records; their own alarms go on.`,
    },
    'still-failing': {
      subject: `Dripwatch STILL FAILING for ${lasted}: ${names.join(', ')}`,
      text: `Pumps may be unwatched. Failing since ${begun}, for ${lasted}:\n${list}`,
    },
    recovered: {
      subject: `Dripwatch recovered after ${lasted}`,
      text: `The whole path works again. It had failed since ${begun}, for ${lasted}; last seen:\n${list}`,
    },
  }[kind];
  return {
    id: `msg_${randomUUID()}`,
    kind,
    type: 'canary-late',
    at: now,
    since,
    components: names,
    findings: what,
    ...words,
  };
}

function duration(ms: number): string {
  const s = Math.round(ms / 1000);
  if (s < 120) return `${s} s`;
  const min = Math.round(s / 60);
  return min < 120 ? `${min} min` : `${Math.round(min / 60)} h`;
}
