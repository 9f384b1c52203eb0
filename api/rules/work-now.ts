import type { AnnouncementItem, OfflineWindowItem } from '#schemas/http/announcements.ts';
import type { Pump } from '#schemas/http/shapes.ts';
import type { WorkKind } from '#schemas/rules/announced-work.ts';
import type { RuleSettings } from '#schemas/rules/rule-set.ts';
import { settingsOfLevels } from './levels.ts';

// Until when announced work and expected absences hold, by the settings as they are now: they end by themselves.

const iso = (ms: number) => new Date(ms).toISOString();

/** When work announced at a moment ends to hold, for an ordinary and for a ★ drug. */
function heldUntil(at: string, settings: RuleSettings): { until: string; criticalUntil: string } {
  const { holdMin, criticalHoldMin } = settings['announced-work'];
  const from = Date.parse(at);
  return { until: iso(from + holdMin * 60_000), criticalUntil: iso(from + criticalHoldMin * 60_000) };
}

/** When an expected absence ends to hold. */
function awayUntil(from: string, until: string, settings: RuleSettings): string {
  const most = Date.parse(from) + settings['expected-offline'].mostHours * 3_600_000;
  return iso(Math.min(Date.parse(until), most));
}

export type AnnouncementRow = Omit<AnnouncementItem, 'until' | 'criticalUntil' | 'state'> & { levels: unknown };

export function toAnnouncement({ levels, ...row }: AnnouncementRow, now: number): AnnouncementItem {
  const held = heldUntil(row.at, settingsOfLevels(levels, now));
  const state = row.endedAt !== null ? 'ended' : Date.parse(held.until) <= now ? 'over' : 'open';
  return { ...row, ...held, state };
}

export type OfflineWindowRow = Omit<OfflineWindowItem, 'heldUntil' | 'state'> & { levels: unknown };

export function toOfflineWindow({ levels, ...row }: OfflineWindowRow, now: number): OfflineWindowItem {
  const until = awayUntil(row.from, row.until, settingsOfLevels(levels, now));
  const past = Date.parse(row.until) <= now ? 'over' : Date.parse(row.from) > now ? 'to-come' : 'open';
  return { ...row, heldUntil: until, state: row.endedAt !== null ? 'ended' : past };
}

/** Of sql/pump_work.sql; null: nothing is announced and nobody is expected to be away. */
export type WorkRow = {
  readAt: string;
  work: { id: string; kind: WorkKind; at: string }[];
  away: { id: string; from: string; until: string }[];
  levels: unknown;
} | null;

/** What held alerts of a pump when its row was read. */
export function holdsWhenRead(row: WorkRow): Pick<Pump, 'work' | 'away'> {
  if (row === null) return { work: [], away: null };
  const now = Date.parse(row.readAt);
  const settings = settingsOfLevels(row.levels, now);
  const away = row.away
    .map(({ id, from, until }) => ({ id, until: awayUntil(from, until, settings) }))
    .filter(({ until }) => Date.parse(until) > now)
    .sort((a, b) => b.until.localeCompare(a.until));
  return {
    work: row.work
      .map((work) => ({ ...work, ...heldUntil(work.at, settings) }))
      .filter(({ until }) => Date.parse(until) > now),
    away: away[0] ?? null,
  };
}
