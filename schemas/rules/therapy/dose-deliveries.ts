import type { DoseDelivery } from '../missed-dose.ts';

// Which deliveries a patient got: from the segments that pumps reported, one for each dose.

export type GivenSegment = {
  /** Of the infusion that it belongs to. */
  infusion: string;
  startedAt: number | null;
  endedAt: number | null;
  rateMlPerH: number | null;
  ml: number | null;
  /** `stop` or `complete`; null: it runs. */
  endedBy: string | null;
  reason: string | null;
  late: boolean;
};

export type GivenInfusion = {
  infusion: string;
  startedAt: number;
  endedAt: number | null;
  ml: number | null;
  late: boolean;
  /** In order of segment number; none of a client that reports samples alone. */
  segments: readonly GivenSegment[];
};

/** `late`: told only after the fact, so that what was said before is restated. */
export type ReportedDelivery = DoseDelivery & { infusion: string; late: boolean };

/** What runs at less than this part of an infusion's highest rate keeps the vein open: it is no dose. */
const kvoPart = 0.2;

/** Deliveries in order of their beginning. A stop in the middle of a dose is not the end of it; a KVO is none. */
export function deliveriesOf(infusions: readonly GivenInfusion[]): ReportedDelivery[] {
  return infusions.flatMap(dosesOf).sort((a, b) => a.startedAt - b.startedAt);
}

function dosesOf(given: GivenInfusion): ReportedDelivery[] {
  const { infusion, startedAt, endedAt, ml, late } = given;
  const begun = given.segments.filter((segment) => segment.startedAt !== null);
  if (begun.length === 0) return [{ infusion, startedAt, endedAt, ml, late }];
  const highest = Math.max(0, ...begun.map(({ rateMlPerH }) => rateMlPerH ?? 0));
  const doses: ReportedDelivery[] = [];
  let open = false;
  for (const segment of begun) {
    const from = segment.startedAt ?? startedAt;
    if ((segment.rateMlPerH ?? highest) < highest * kvoPart) {
      open = false;
      continue;
    }
    const over = segment.endedBy === 'complete' || segment.reason === 'between-doses';
    const last = doses.at(-1);
    if (open && last) {
      last.ml = last.ml === null || segment.ml === null ? null : last.ml + segment.ml;
      last.endedAt = over ? segment.endedAt : null;
    } else {
      const until = over ? segment.endedAt : null;
      doses.push({ infusion, startedAt: from, endedAt: until, ml: segment.ml, late: segment.late });
    }
    open = !over;
  }
  const last = doses.at(-1);
  // An infusion that is over is not going on with its last dose, whatever stopped it.
  if (last && last.endedAt === null && endedAt !== null) last.endedAt = endedAt;
  return doses;
}
