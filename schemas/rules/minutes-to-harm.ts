// How long until harm, as far as arithmetic can tell: what an alert is sorted by. An estimate, shown with "≈".

export type HarmGiven = {
  /** Too much runs: when the bag will be empty, and when a hard limit of a cumulative window is passed, ms. */
  tooFast: { emptyAt: number | null; hardLimitAt: number | null } | null;
  /** Nothing runs, or will not from `from` on, ms; null: it runs. */
  stops: { from: number } | null;
  /** Minutes without the drug that the library says a patient tolerates; null: not known. */
  toleratesStopMin: number | null;
};

export type Harm = { minutes: number; because: 'all given too fast' | 'cumulative limit' | 'without the drug' };

/** The earliest of what is foreseen; 0: it is due now; null: nothing that arithmetic could tell. */
export function minutesToHarm(given: HarmGiven, now: number): Harm | null {
  const foreseen: Harm[] = [];
  const add = (at: number | null, because: Harm['because']) => {
    if (at !== null) foreseen.push({ minutes: Math.max(0, (at - now) / 60_000), because });
  };
  if (given.tooFast) {
    add(given.tooFast.hardLimitAt, 'cumulative limit');
    add(given.tooFast.emptyAt, 'all given too fast');
  }
  if (given.stops && given.toleratesStopMin !== null) {
    add(given.stops.from + given.toleratesStopMin * 60_000, 'without the drug');
  }
  return foreseen.reduce<Harm | null>((first, one) => (first && first.minutes <= one.minutes ? first : one), null);
}
