import type { PoolClient } from 'pg';
import { audienceOf } from '#schemas/rules/audience.ts';
import { run } from './database.ts';
import type { AlertEffect } from './rows.ts';
import type { QueryName } from './sql.ts';

const order = ['raise', 'worsen', 'reopen', 'end'] as const;
const statements: Record<(typeof order)[number], QueryName> = {
  raise: 'raiseAlerts',
  worsen: 'worsenAlerts',
  reopen: 'reopenAlerts',
  end: 'endAlerts',
};

/**
 * Writes alert effects in the order in which they happened and appends what changed to the feed, once per alert.
 * @returns the feed's head, or null when nothing changed
 */
export async function commitAlerts(client: PoolClient, alerts: readonly AlertEffect[]): Promise<number | null> {
  if (alerts.length === 0) return null;
  const changed = new Set<string>();
  for (const wave of waves(alerts)) {
    for (const kind of order) {
      const effects = wave.filter(({ effect }) => effect.do === kind);
      if (effects.length === 0) continue;
      const result = await run<{ alert_id: string }>(client, statements[kind], [JSON.stringify(effects.map(row))]);
      for (const { alert_id } of result.rows) changed.add(alert_id);
    }
  }
  if (changed.size === 0) return null;
  const appended = await run<{ head: string }>(client, 'appendToFeed', [[...changed]]);
  return Number(appended.rows[0]?.head ?? 0);
}

/** One statement per kind suffices while no alert goes back in the order, as an end followed by a reopening does. */
function waves(alerts: readonly AlertEffect[]): AlertEffect[][] {
  const result: AlertEffect[][] = [];
  const last = new Map<string, { wave: number; rank: number }>();
  for (const alert of alerts) {
    const { id } = alert.effect;
    const rank = order.indexOf(alert.effect.do);
    const before = last.get(id);
    const wave = before === undefined ? 0 : rank > before.rank ? before.wave : before.wave + 1;
    last.set(id, { wave, rank });
    const effects = result[wave] ?? [];
    effects.push(alert);
    result[wave] = effects;
  }
  return result;
}

function row({ pump, infusionId, effect }: AlertEffect): Record<string, unknown> {
  switch (effect.do) {
    case 'raise':
      return {
        alert_id: effect.id,
        pump_id: pump,
        epoch_no: effect.epochNo,
        seq: effect.seq,
        infusion_id: infusionId,
        alarm: effect.alarm,
        type: effect.type,
        audience: audienceOf(effect.type),
        priority: effect.priority,
        pump_priority: effect.pumpPriority,
        message: effect.message,
        detail: effect.detail,
        raised_at: effect.raisedAt,
        late: effect.late,
        ended_at: effect.ended?.at ?? null,
        end_reason: effect.ended?.reason ?? null,
        pump_at: effect.pumpAt,
        broker_at: effect.brokerAt,
        received_at: effect.receivedAt,
      };
    case 'worsen':
      return { alert_id: effect.id, priority: effect.priority, detail: effect.detail, message: effect.message ?? null };
    case 'reopen':
      return { alert_id: effect.id };
    case 'end':
      return { alert_id: effect.id, at: effect.at, reason: effect.reason };
  }
}
