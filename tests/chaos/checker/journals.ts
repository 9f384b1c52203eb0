// The journals as the pumps' own log tells them, folded per (pump, epoch).
import type { JournalEvent } from './history.ts';

export type JournaledRecord = { kind: string; text: string };
export type Range = readonly [from: number, to: number];

export type JournalStory = {
  pump: string;
  epoch: string;
  records: Map<number, JournaledRecord>;
  /** Acknowledgements in the order in which the pump took them. */
  acks: { at: number; upTo: number }[];
  trims: { at: number; from: number; to: number }[];
  /** Written unreadable on purpose. */
  poison: Range[];
  /** What the pump itself gave up, by its `gone` records. */
  dropped: Range[];
  /** The pump no longer has this journal. */
  lost: boolean;
};

export type PumpStory = {
  pump: string;
  journals: Map<string, JournalStory>;
  /** Types of alarms that run, by epoch and number. */
  running: Map<string, string>;
  /** How many alarms of a type ran when the pump or its journal started over: each may be raised again as the same. */
  ranOn: Map<string, number>;
};

export const inside = (ranges: readonly Range[], seq: number) => ranges.some(([from, to]) => from <= seq && seq <= to);

/** Folds the events of all pumps, in the order in which they were written. */
export function foldJournals(events: readonly JournalEvent[]): Map<string, PumpStory> {
  const pumps = new Map<string, PumpStory>();
  for (const event of events) {
    const pump = pumps.get(event.pump) ?? {
      pump: event.pump,
      journals: new Map(),
      running: new Map(),
      ranOn: new Map(),
    };
    pumps.set(event.pump, pump);
    take(pump, storyOf(pump, event.epoch), event);
  }
  return pumps;
}

function storyOf(pump: PumpStory, epoch: string): JournalStory {
  const known = pump.journals.get(epoch);
  if (known) return known;
  const story: JournalStory = {
    pump: pump.pump,
    epoch,
    records: new Map(),
    acks: [],
    trims: [],
    poison: [],
    dropped: [],
    lost: false,
  };
  pump.journals.set(epoch, story);
  return story;
}

function take(pump: PumpStory, journal: JournalStory, event: JournalEvent): void {
  switch (event.event) {
    case 'open':
      if (event.previousEpoch !== null) storyOf(pump, event.previousEpoch).lost = true;
      write(pump, journal, event.held);
      return;
    case 'write':
      write(pump, journal, event.records);
      return;
    case 'ack':
      journal.acks.push({ at: event.at, upTo: event.upTo });
      return;
    case 'trim':
      journal.trims.push({ at: event.at, from: event.from, to: event.to });
      return;
    case 'boot':
      startOver(pump);
      return;
    case 'lose':
      journal.lost = true;
      startOver(pump);
      return;
    case 'poison':
      journal.poison.push([event.from, event.to]);
  }
}

function startOver(pump: PumpStory): void {
  for (const type of pump.running.values()) pump.ranOn.set(type, (pump.ranOn.get(type) ?? 0) + 1);
  pump.running.clear();
}

function write(pump: PumpStory, journal: JournalStory, records: readonly (readonly [number, string, string])[]): void {
  for (const [seq, kind, text] of records) {
    const known = journal.records.has(seq);
    journal.records.set(seq, { kind, text });
    if (known || inside(journal.poison, seq)) continue;
    if (kind === 'alarm') {
      const { alarm, phase } = fieldsOf(text);
      const name = `${journal.epoch} ${alarm}`;
      if (phase === 'start') pump.running.set(name, alarmType(text));
      else pump.running.delete(name);
    } else if (kind === 'gone') {
      const { from, to } = fieldsOf(text);
      if (typeof from === 'number' && typeof to === 'number') journal.dropped.push([from, to]);
    }
  }
}

/** What an alert of this alarm is called. */
export function alarmType(text: string): string {
  const { code } = fieldsOf(text);
  return typeof code === 'string' ? code : 'unknown-alarm';
}

/** The fields of a record's text; none where it is no JSON object. */
export function fieldsOf(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
