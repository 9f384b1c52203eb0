// One timer for any number of pumps: what is due waits in a heap by time.

export type Scheduler = {
  /** Runs `task` once at a moment of `now()`, ms. @returns a way to call it off */
  at(moment: number, task: () => void): () => void;
  /** Monotonic clock, ms. */
  now(): number;
  close(): void;
};

type Waiting = { moment: number; task: (() => void) | null };

/** Longest time in ms that due tasks may hold the process before others get their turn. */
const sliceMs = 20;

/** Starts a scheduler. An error thrown by a task goes to `onError`, and the others still run. */
export function startScheduler(onError: (error: unknown) => void): Scheduler {
  const heap: Waiting[] = [];
  let timer: NodeJS.Timeout | null = null;
  let timerFor = Number.POSITIVE_INFINITY;
  let closed = false;
  const now = () => performance.now();

  const arm = () => {
    const first = heap[0];
    if (closed || !first || (timer && timerFor <= first.moment)) return;
    if (timer) clearTimeout(timer);
    timerFor = first.moment;
    timer = setTimeout(run, Math.min(2 ** 31 - 1, Math.max(0, Math.ceil(first.moment - now()))));
  };

  const run = () => {
    timer = null;
    timerFor = Number.POSITIVE_INFINITY;
    const began = now();
    for (let first = heap[0]; first && first.moment <= began; first = heap[0]) {
      pop(heap);
      try {
        first.task?.();
      } catch (error) {
        onError(error);
      }
      if (now() - began > sliceMs) break;
    }
    arm();
  };

  return {
    now,
    at(moment, task) {
      const waiting: Waiting = { moment, task };
      push(heap, waiting);
      arm();
      return () => {
        waiting.task = null;
      };
    },
    close() {
      closed = true;
      if (timer) clearTimeout(timer);
      heap.length = 0;
    },
  };
}

function push(heap: Waiting[], waiting: Waiting): void {
  heap.push(waiting);
  let at = heap.length - 1;
  while (at > 0) {
    const parent = (at - 1) >>> 1;
    const above = heap[parent];
    if (!above || above.moment <= waiting.moment) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = waiting;
}

function pop(heap: Waiting[]): void {
  const moved = heap.pop();
  if (!moved || heap.length === 0) return;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    const left = heap[child];
    const right = heap[child + 1];
    if (!left) break;
    if (right && right.moment < left.moment) child += 1;
    const below = heap[child];
    if (!below || below.moment >= moved.moment) break;
    heap[at] = below;
    at = child;
  }
  heap[at] = moved;
}
