/** Tells how long work goes: one rewritten line on a terminal, else a line now and then. */
export type Progress = {
  /** The present state of the work, in words. */
  show(text: string): void;
  /** A line that stays. */
  say(text: string): void;
  /** Ends the rewritten line. */
  end(): void;
};

export type Terminal = { isTTY?: boolean; write(text: string): unknown };

const lineEveryMs = 10_000;

/** @param now clock, ms */
export function newProgress(terminal: Terminal, quiet: boolean, now: () => number): Progress {
  let shownAt = Number.NEGATIVE_INFINITY;
  let rewriting = false;
  const clear = () => {
    if (rewriting) terminal.write('\r\u001b[K');
    rewriting = false;
  };
  return {
    show(text) {
      const wait = terminal.isTTY ? 200 : lineEveryMs;
      if (quiet || now() - shownAt < wait) return;
      shownAt = now();
      if (terminal.isTTY) {
        terminal.write(`\r\u001b[K${text}`);
        rewriting = true;
      } else terminal.write(`${text}\n`);
    },
    say(text) {
      if (quiet) return;
      clear();
      terminal.write(`${text}\n`);
    },
    end: clear,
  };
}
