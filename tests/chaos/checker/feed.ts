// The feed has no holes, says the last of every alert, and reached every screen once and in order.
import { groupBy } from './group-by.ts';
import type { ScreenEvent } from './history.ts';
import type { FeedEntry, Stored } from './stored.ts';
import type { Report } from './violation.ts';

export type FeedCounts = { entries: number; screens: number; reached: number; snapshots: number; connections: number };

export function checkFeed({ feed, alerts }: Stored, report: Report): void {
  let before = 0;
  const newest = new Map<string, FeedEntry>();
  for (const entry of feed.entries) {
    if (entry.seq !== before + 1) report('feed-gap', `${entry.seq} follows ${before}`);
    before = entry.seq;
    newest.set(entry.alert, entry);
  }
  if (before !== feed.head) report('feed-gap', `the head is ${feed.head}, the last entry ${before}`);
  for (const alert of alerts) {
    const said = newest.get(alert.id);
    if (!said) {
      report('feed-stale', `alert ${alert.id} (${alert.type}) is not in the feed`);
      continue;
    }
    for (const field of ['condition', 'times', 'priority'] as const) {
      if (said[field] !== alert[field]) {
        report('feed-stale', `alert ${alert.id}: the feed says ${field} ${said[field]}, the alert ${alert[field]}`);
      }
    }
  }
}

export function checkScreens(events: readonly ScreenEvent[], stored: Stored, report: Report): FeedCounts {
  const { entries } = stored.feed;
  const counts: FeedCounts = { entries: entries.length, screens: 0, reached: 0, snapshots: 0, connections: 0 };
  const activeAt = activeAlerts(entries);
  for (const [screen, story] of groupBy(events, ({ screen }) => screen)) {
    counts.screens += 1;
    let last = 0;
    for (const event of story) {
      switch (event.event) {
        case 'open':
          counts.connections += 1;
          break;
        case 'snapshot': {
          counts.snapshots += 1;
          if (event.head < last) report('screen-repeated', `${screen}: a snapshot of ${event.head} after ${last}`);
          last = event.head;
          const shown = new Set(event.active);
          for (const alert of activeAt(event.head)) {
            if (!shown.has(alert)) report('screen-lacks-active', `${screen}: the snapshot of ${last} lacks ${alert}`);
          }
          break;
        }
        case 'alert': {
          counts.reached += 1;
          const entry = entries[event.seq - 1];
          if (event.seq <= last) report('screen-repeated', `${screen}: ${event.seq} after ${last}`);
          else if (event.seq > last + 1) report('screen-missed', `${screen}: ${event.seq} after ${last}`);
          if (entry && (entry.alert !== event.alert || entry.condition !== event.condition)) {
            report('screen-missed', `${screen}: ${event.seq} is another change than the feed’s`);
          }
          last = Math.max(last, event.seq);
          break;
        }
        case 'close':
          break;
        case 'end':
          if (last < event.head) report('screen-missed', `${screen}: ended at ${last}, the feed was at ${event.head}`);
      }
    }
  }
  return counts;
}

/** Which alerts were active once the feed had reached a number; asked in any order. */
function activeAlerts(entries: readonly FeedEntry[]): (head: number) => string[] {
  return (head) => {
    const active = new Set<string>();
    for (const { alert, condition } of entries.slice(0, head)) {
      if (condition === 'active') active.add(alert);
      else active.delete(alert);
    }
    return [...active];
  };
}
