/** Shares a rate of backlog records among all pumps of the process. */
export type Pacer = {
  /** Books `records` sent at `now`. @returns the moment from which more may go, ms */
  book(now: number, records: number): number;
};

/** Least time between two backlog batches of one pump, ms: live records always find a gap. */
const gapMs = 100;

/** @param recordsPerS of all pumps together */
export function newPacer(recordsPerS: number): Pacer {
  let bookedTo = 0;
  return {
    book(now, records) {
      bookedTo = Math.max(bookedTo, now) + (records / recordsPerS) * 1000;
      return Math.max(bookedTo, now + gapMs);
    },
  };
}
