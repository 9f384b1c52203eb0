import { elapsedClock } from '#schemas/elapsed-clock.ts';
import { isFreshPath } from '#schemas/http/live-times.ts';
import { assess, type Heard } from './watch.ts';
import type { FromWatchdog, ToWatchdog } from './watchdog.ts';

// Runs apart from the page: a background tab's own timers run once a minute, a Worker's run on time.

const now = elapsedClock(
  () => performance.now(),
  () => Date.now(),
);
const heard: Heard = { startedAt: now(), lastFrameAt: null, path: null, lastTrustedAt: null };

function tell(message: FromWatchdog): void {
  postMessage(message);
}

addEventListener('message', (event: MessageEvent<ToWatchdog>) => {
  const message = event.data;
  if (message.type === 'frame') heard.lastFrameAt = now();
  if (message.type === 'tick') {
    heard.lastFrameAt = now();
    if (message.pathAgeMs !== null) heard.path = { ageMs: message.pathAgeMs, toldAt: now() };
    if (isFreshPath(message.pathAgeMs)) heard.lastTrustedAt = message.at;
  }
  if (message.type === 'wake') setTimeout(() => tell({ type: 'woke', id: message.id }), message.afterMs);
  if (message.type !== 'wake') tell({ type: 'beat', watch: assess(heard, now()) });
});

setInterval(() => tell({ type: 'beat', watch: assess(heard, now()) }), 500);
