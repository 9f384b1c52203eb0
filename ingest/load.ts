import type { Pool, PoolClient } from 'pg';
import * as z from 'zod';
import { pumpStates } from '#schemas/messages/record.ts';
import { type ClockState, newClock } from '#schemas/rules/clock.ts';
import type { PumpLibrary } from '#schemas/rules/library-watch.ts';
import { ruleSet } from '#schemas/rules/rule-set.ts';
import { settingsFor } from '#schemas/rules/rule-settings.ts';
import { loadDoseSpans } from './care-rows.ts';
import { run } from './database.ts';
import { newPump, type PumpMemory } from './fleet.ts';
import { type KeptRules, restoreRules } from './kept-rules.ts';

// The only way memory comes to be: from what is committed.

const range = z.tuple([z.number(), z.number()]);
const nullableNumber = z.coerce.number().nullable();

const journalRow = z.object({
  epoch: z.string(),
  epochNo: z.number(),
  previousEpoch: z.string().nullable(),
  version: z.number(),
  upTo: z.number(),
  above: z.array(range),
  lost: z.array(range),
  highest: z.number(),
  clock: z.custom<ClockState>((value) => typeof value === 'object' && value !== null),
  upToAt: nullableNumber,
  boot: z.number().nullable(),
  bootAfter: z.number().nullable(),
  bootAfterAt: nullableNumber,
  latestAt: nullableNumber,
  records: z.number(),
  rejected: z.number(),
  closed: z.boolean(),
});

/** A row of sql/load-pumps.sql. */
export const pumpRow = z.object({
  pump_id: z.string(),
  shard: z.number(),
  status: z.string().nullable(),
  rules: z.custom<KeptRules>((value) => typeof value === 'object').nullable(),
  contact_at: nullableNumber,
  sample_at: nullableNumber,
  sample_infusion: nullableNumber,
  state: z.enum(pumpStates).nullable(),
  rate_ml_per_h: z.number().nullable(),
  infused_ml: z.number().nullable(),
  vtbi_remaining_ml: z.number().nullable(),
  reservoir_ml: z.number().nullable(),
  pressure_kpa: z.number().nullable(),
  battery_pct: z.number().nullable(),
  mains: z.boolean().nullable(),
  journals: z.array(journalRow).nullable(),
  infusion: z.object({ epochNo: z.number(), number: z.number(), state: z.string().nullable() }).nullable(),
});

/** Loads the pumps of whole shards, or single pumps by id. */
export async function loadPumps(client: Pool | PoolClient, shards: number[], pumps: string[]): Promise<PumpMemory[]> {
  const { rows } = await run(client, 'loadPumps', [shards, pumps]);
  const doses = await loadDoseSpans(client, shards, pumps);
  return rows.map((raw) => {
    const row = pumpRow.parse(raw);
    const pump = newPump(row.pump_id, row.shard, row.status);
    for (const { upTo, above, lost, highest, clock, ...journal } of row.journals ?? []) {
      const loaded = {
        ...journal,
        pump: pump.pump,
        cursor: { upTo, above, lost, highest },
        clock: { ...newClock(), ...clock },
        clockChanged: false,
        announcedLast: null,
        context: null,
        touchedBy: null,
      };
      pump.journals.set(journal.epoch, loaded);
      pump.newest = loaded;
    }
    pump.rules = restoreRules(row, doses.get(pump.pump) ?? new Map());
    pump.infusion = row.infusion;
    return pump;
  });
}

const statusRow = z.object({
  pump_id: z.string(),
  status: z.string().nullable(),
  library_version: z.string().nullable(),
  library_assigned: z.string().nullable(),
  assigned_at: nullableNumber,
  care_area: z.string().nullable(),
});
const setRow = z.object({ content: ruleSet.nullable() });
export type SaidOfPump = { status: string | null; library: PumpLibrary };

/** What persons say of the pumps of some shards; read again now and then, since the api changes it. */
export async function loadStatuses(client: Pool, shards: number[], now: number): Promise<Map<string, SaidOfPump>> {
  const { rows } = await run(client, 'loadStatuses', [shards]);
  const read = rows.map((raw) => statusRow.parse(raw));
  const differs = read.some((row) => row.library_assigned !== null && row.library_version !== row.library_assigned);
  const set = differs ? setRow.safeParse((await run(client, 'loadRuleSet', [])).rows[0]) : null;
  const rules = set?.success ? set.data.content : null;
  return new Map(
    read.map(({ pump_id, status, library_version, library_assigned, assigned_at, care_area }) => {
      const { graceH } = settingsFor(rules, care_area, [], now)['library-version'];
      const library = { installed: library_version, assigned: library_assigned, assignedAt: assigned_at ?? 0, graceH };
      return [pump_id, { status, library }];
    }),
  );
}
