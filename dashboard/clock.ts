/** The server's time as told by its frames and counted on with our own monotonic clock. The two clocks are never compared. */
export type ServerClock = {
  /** A frame written at `at` (server, milliseconds since 1970) has just been read. */
  hear: (at: number) => void;
  /** Server time now, or null before the first frame. */
  now: () => number | null;
};

/** @param monotonic milliseconds of a clock that is never set, such as `performance.now` */
export function createServerClock(monotonic: () => number): ServerClock {
  let heard: { at: number; when: number } | null = null;
  return {
    hear(at) {
      heard = { at, when: monotonic() };
    },
    now: () => (heard === null ? null : heard.at + (monotonic() - heard.when)),
  };
}
