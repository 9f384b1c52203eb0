import type { z } from 'zod';
import type { DoseLog } from '#schemas/rules/dose-log.ts';
import { newPumpRules, type PumpRuleState } from '#schemas/rules/pump-rule-state.ts';
import { type KeptCheck, keepCheck, restoreCheck } from '#schemas/rules/second-check/check-state.ts';
import type { pumpRow } from './load.ts';

// What the rules remember is written with every transaction that touches the pump: only what differs from a new pump's,
// and nothing that stands in columns of its own.

/** `pump_state.rules`: the last sample's values are columns; only its place in the journal stands here. */
export type KeptRules = Partial<Omit<PumpRuleState, 'lastSample' | 'contactAt' | 'check'>> & {
  check?: KeptCheck;
  sample?: [epochNo: number, seq: number];
};

export function keepRules(rules: PumpRuleState): KeptRules {
  const kept: KeptRules = {};
  if (rules.boot) kept.boot = rules.boot;
  if (rules.backlogAt !== null) kept.backlogAt = rules.backlogAt;
  if (rules.sampleEveryS !== null) kept.sampleEveryS = rules.sampleEveryS;
  if (rules.drug) kept.drug = rules.drug;
  if (rules.hasDelivered) kept.hasDelivered = true;
  if (rules.flow) kept.flow = rules.flow;
  if (rules.flowInBacklog) kept.flowInBacklog = rules.flowInBacklog;
  if (rules.rejectedInARow > 0) kept.rejectedInARow = rules.rejectedInARow;
  if (rules.open.length > 0) kept.open = rules.open;
  if (rules.resting.length > 0) kept.resting = rules.resting;
  if (rules.late.length > 0) kept.late = rules.late;
  if (rules.endsWithoutStart.length > 0) kept.endsWithoutStart = rules.endsWithoutStart;
  if (rules.gap) kept.gap = rules.gap;
  if (rules.upkeep) kept.upkeep = rules.upkeep;
  if (rules.battery) kept.battery = rules.battery;
  const check = keepCheck(rules.check);
  if (check) kept.check = check;
  if (rules.lastSample) kept.sample = [rules.lastSample.epochNo, rules.lastSample.seq];
  return kept;
}

/** @param doses what the pump gave within a day, by dose key */
export function restoreRules(row: z.infer<typeof pumpRow>, doses: ReadonlyMap<string, DoseLog>): PumpRuleState {
  const { sample, check, ...rules } = row.rules ?? {};
  const restored: PumpRuleState = {
    ...newPumpRules(),
    ...rules,
    contactAt: row.contact_at,
    check: restoreCheck(check ?? null, doses),
  };
  if (!sample || row.state === null || row.sample_at === null) return restored;
  const [epochNo, seq] = sample;
  restored.lastSample = {
    epochNo,
    seq,
    at: row.sample_at,
    infusion: row.sample_infusion,
    state: row.state,
    rateMlPerH: row.rate_ml_per_h,
    infusedMl: row.infused_ml,
    reservoirMl: row.reservoir_ml,
    vtbiRemainingMl: row.vtbi_remaining_ml,
    pressureKpa: row.pressure_kpa,
    batteryPct: row.battery_pct,
    mains: row.mains,
  };
  return restored;
}
