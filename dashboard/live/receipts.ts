/** Tells the server which feed numbers a person's screen has really shown. */
export type Receipts = {
  /** The rows of this feed number stand in the page. Reported once painted, and only while the page is visible. */
  inPage: (seq: number) => void;
  /** A person opened or answered the card. */
  seen: (seq: number) => void;
  /** A new link: the server may ask for everything again. */
  reset: () => void;
};

/** At most so many receipts at once and then a pause: the server cuts who sends more than 600 frames a minute. */
const atOnce = 40;
const pauseMs = 6_000;
const mostRemembered = 10_000;

type Page = {
  visible: () => boolean;
  onVisible: (then: () => void) => void;
  /** Runs `then` before the next paint. */
  nextFrame: (then: () => void) => void;
  later: (then: () => void, afterMs: number) => void;
};

/**
 * A receipt sent when the message arrives would lie: a background tab receives and paints nothing. So: wait until the
 * page is visible, then two frames, since the second begins after the first was painted.
 */
export function createReceipts(
  page: Page,
  send: (frame: { type: 'rendered' | 'seen'; seq: number }) => void,
): Receipts {
  const waiting = new Set<number>();
  const sent = new Set<number>();
  let drawing = false;

  function painted(): void {
    drawing = false;
    if (!page.visible()) return;
    // Newest first: it may be what somebody waits for.
    for (const seq of [...waiting].sort((a, b) => b - a).slice(0, atOnce)) {
      send({ type: 'rendered', seq });
      sent.add(seq);
      // A wall display stands for weeks: only the newest are remembered.
      const [oldest] = sent;
      if (sent.size > mostRemembered && oldest !== undefined) sent.delete(oldest);
      waiting.delete(seq);
    }
    if (waiting.size === 0) return;
    drawing = true;
    page.later(() => {
      drawing = false;
      draw();
    }, pauseMs);
  }

  function draw(): void {
    if (drawing || waiting.size === 0 || !page.visible()) return;
    drawing = true;
    page.nextFrame(() => page.nextFrame(painted));
  }

  page.onVisible(() => {
    drawing = false;
    draw();
  });

  return {
    inPage(seq) {
      if (sent.has(seq)) return;
      waiting.add(seq);
      draw();
    },
    seen: (seq) => send({ type: 'seen', seq }),
    reset: () => sent.clear(),
  };
}

/** The page this code runs in. */
export function browserPage(): Page {
  return {
    visible: () => document.visibilityState === 'visible',
    onVisible: (then) =>
      document.addEventListener('visibilitychange', () => {
        if (document.visibilityState === 'visible') then();
      }),
    nextFrame: (then) => requestAnimationFrame(then),
    later: (then, afterMs) => setTimeout(then, afterMs),
  };
}
