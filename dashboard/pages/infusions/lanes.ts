import type { InfusionDetail } from '#schemas/http/shapes.ts';
import type { Priority } from '#schemas/messages/record.ts';
import { type Entry, entryWords } from '../../event-words.ts';

/** A stretch or a moment in a lane, milliseconds since 1970. `level` 0 to 1: the height of a delivery. */
export type Block = {
  from: number;
  to: number;
  level: number;
  words: string;
  look: 'running' | 'kvo' | 'late' | 'gap';
};
export type Point = { at: number; words: string; look: 'plain' | 'given' | 'locked' | Priority; late: boolean };
export type Lane = { name: string; blocks: readonly Block[]; points: readonly Point[] };

const at = (entry: Entry) => Date.parse(entry.at);

/** From first to last, with the part that still runs up to `now`. */
export function spanOf(infusion: InfusionDetail, now: number): { from: number; to: number } {
  const times = infusion.timeline.map(at);
  const from = Math.min(Date.parse(infusion.startedAt), ...times.slice(0, 1));
  const end = infusion.endedAt === null ? now : Date.parse(infusion.endedAt);
  const to = Math.max(end, times.at(-1) ?? end, from + 60_000);
  // What stands at the very ends is seen whole.
  const room = (to - from) * 0.015;
  return { from: from - room, to: to + room };
}

/** The timeline's lanes, from programme to data (screens.md, "Infusion timeline"). */
export function lanesOf(infusion: InfusionDetail, now: number): Lane[] {
  const of = (...kinds: Entry['kind'][]) => infusion.timeline.filter((entry) => kinds.includes(entry.kind));
  const points = (entries: readonly Entry[], look: (entry: Entry) => Point['look']): Point[] =>
    entries.map((entry) => ({ at: at(entry), words: entryWords(entry), look: look(entry), late: entry.late }));
  const late = infusion.timeline.filter((entry) => entry.late);
  return [
    { name: 'Programme', blocks: [], points: points(of('programme'), () => 'plain') },
    { name: 'Delivery', blocks: deliveryBlocks(infusion, now), points: [] },
    {
      name: 'Boluses',
      blocks: [],
      points: points(of('bolus'), (e) => (e.detail.result === 'given' ? 'given' : 'locked')),
    },
    { name: 'Limit alerts', blocks: [], points: points(of('limit'), () => 'plain') },
    { name: 'Alarms', blocks: alarmBlocks(of('alarm'), now), points: points(of('alarm'), priorityOf) },
    { name: 'Alerts, people', blocks: [], points: points(of('alert', 'action'), priorityOf) },
    {
      name: 'Data',
      blocks: dataBlocks(infusion, now),
      points: points(late, () => 'plain').concat(points(of('gone'), () => 'locked')),
    },
  ];
}

function priorityOf({ kind, detail }: Entry): Point['look'] {
  if (kind === 'action' || detail.phase === 'end') return 'plain';
  const { priority } = detail;
  return priority === 'high' || priority === 'low' ? priority : 'medium';
}

/** Height is the rate against the fastest segment; what runs at a tenth or less stays visible as a thin line. */
function deliveryBlocks(infusion: InfusionDetail, now: number): Block[] {
  const fastest = Math.max(0, ...infusion.segments.map(({ rateMlPerH }) => rateMlPerH ?? 0));
  return infusion.segments.flatMap((segment) => {
    if (segment.startedAt === null) return [];
    const rate = segment.rateMlPerH ?? 0;
    const said = [`Segment ${segment.segment}`, `${segment.rateMlPerH ?? '?'} mL/h`];
    if (segment.segmentMl !== null) said.push(`${segment.segmentMl} mL`);
    if (segment.endedBy !== null)
      said.push(segment.endedBy === 'complete' ? 'complete' : `stopped: ${segment.reason ?? 'no reason'}`);
    const block: Block = {
      from: Date.parse(segment.startedAt),
      to: segment.endedAt === null ? endOf(infusion, now) : Date.parse(segment.endedAt),
      level: fastest === 0 ? 0.1 : Math.max(0.1, rate / fastest),
      words: said.join(' · '),
      look: segment.late ? 'late' : 'running',
    };
    return [block];
  });
}

function alarmBlocks(alarms: readonly Entry[], now: number): Block[] {
  return alarms.flatMap((start): Block[] => {
    if (start.detail.phase !== 'start') return [];
    const end = alarms.find((entry) => entry.detail.phase === 'end' && entry.detail.alarm === start.detail.alarm);
    return [
      { from: at(start), to: end === undefined ? now : at(end), level: 0.2, words: entryWords(start), look: 'kvo' },
    ];
  });
}

/** Complete up to the high-water mark; behind it is not known yet. */
function dataBlocks(infusion: InfusionDetail, now: number): Block[] {
  const start = Date.parse(infusion.startedAt);
  const end = endOf(infusion, now);
  const { through, missing } = infusion.completeness;
  const known = through === null ? start : Math.min(end, Math.max(start, Date.parse(through)));
  const blocks: Block[] = [{ from: start, to: known, level: 0.5, words: 'complete', look: 'running' }];
  if (missing > 0 && known < end) {
    blocks.push({ from: known, to: end, level: 0.5, words: `${missing} records missing, being filled`, look: 'gap' });
  }
  return blocks;
}

const endOf = (infusion: InfusionDetail, now: number): number =>
  infusion.endedAt === null ? now : Date.parse(infusion.endedAt);

/** Round steps of a time axis: about `wanted` ticks between `from` and `to`. */
export function ticksOf(from: number, to: number, wanted: number): number[] {
  const steps = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 172800, 604800,
  ];
  const step = (steps.find((s) => (to - from) / (s * 1000) <= wanted) ?? 2_592_000) * 1000;
  // Ticks stand on round times of the viewer's zone.
  const shift = new Date(from).getTimezoneOffset() * 60_000;
  const ticks: number[] = [];
  for (let tick = Math.ceil((from - shift) / step) * step + shift; tick <= to; tick += step) ticks.push(tick);
  return ticks;
}
