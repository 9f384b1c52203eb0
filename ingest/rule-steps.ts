import type { Arrival, PumpRuleState, RuleContext, RuleStep } from '#schemas/rules/pump-rule-state.ts';
import { checkMustKeep } from '#schemas/rules/second-check/check-state.ts';
import { isOnPatient, type JournalMemory, type PumpMemory } from './fleet.ts';
import { alertId, infusionId } from './ids.ts';
import type { Rows } from './rows.ts';

// What the rules are told beside a record, and what becomes of their outcome.

/** The rules' view of a journal, made once: it is asked for with every record. */
export function contextOf(pump: PumpMemory, journal: JournalMemory): RuleContext {
  journal.context ??= {
    epochNo: journal.epochNo,
    alertId: (seq, rule) => alertId(pump.pump, journal.epoch, seq, rule),
    onPatient: true,
    care: null,
  };
  journal.context.onPatient = isOnPatient(pump);
  journal.context.care = pump.care;
  return journal.context;
}

export function arrivalNow(receivedAt: number, seq: number, boot: number): Arrival {
  return { seq, boot, at: receivedAt, pumpAt: null, brokerAt: null, receivedAt, late: false };
}

/** Whether rules remember something that the records after it would not tell again. */
function changesMemory(before: PumpRuleState, after: PumpRuleState): boolean {
  return (
    before.boot !== after.boot ||
    before.drug !== after.drug ||
    before.flow !== after.flow ||
    before.flowInBacklog !== after.flowInBacklog ||
    before.hasDelivered !== after.hasDelivered ||
    before.rejectedInARow !== after.rejectedInARow ||
    before.sampleEveryS !== after.sampleEveryS ||
    before.open !== after.open ||
    before.resting !== after.resting ||
    before.late !== after.late ||
    before.endsWithoutStart !== after.endsWithoutStart ||
    before.gap !== after.gap ||
    before.upkeep !== after.upkeep ||
    before.battery?.hours !== after.battery?.hours ||
    before.lastSample?.state !== after.lastSample?.state ||
    (before.check !== after.check && checkMustKeep(before.check, after.check))
  );
}

/** What the second check wants written beside the pump's state; it is taken away from it. */
function writeChecks(rows: Rows, pump: PumpMemory): void {
  const { check } = pump.rules;
  const { judgement = null, doses = [], moved = [] } = check.unwritten ?? {};
  check.unwritten = null;
  pump.mustKeep = true;
  for (const { key, from } of moved) {
    const id = `${pump.pump} ${key} ${from}`;
    rows.doses.delete(id);
    rows.movedDoses.set(id, { pump_id: pump.pump, dose_key: key, from_at: from });
  }
  for (const { key, patient, from, to, amount } of doses) {
    const row = { pump_id: pump.pump, dose_key: key, from_at: from, to_at: to, amount, patient_id: patient };
    rows.doses.set(`${pump.pump} ${key} ${from}`, row);
  }
  const journal = judgement && [...pump.journals.values()].find(({ epochNo }) => epochNo === judgement.epochNo);
  if (!judgement || !journal) return;
  const id = infusionId(pump.pump, journal.epoch, judgement.infusion);
  rows.judgements.set(id, {
    infusion_id: id,
    judged_at: judgement.at,
    order_id: judgement.order,
    library: judgement.library,
    order_checks: judgement.orderChecks,
    standing: judgement.libraryJudgement?.standing ?? [],
    library_checks: judgement.libraryJudgement?.checks ?? [],
    not_checked: judgement.notChecked,
    doubts: judgement.doubts,
  });
}

/** Keeps a rule's outcome: the pump's next state, and its effects beside the records that caused them. */
export function takeStep(rows: Rows, pump: PumpMemory, journal: JournalMemory, step: RuleStep): void {
  if (changesMemory(pump.rules, step.next)) pump.mustKeep = true;
  pump.rules = step.next;
  if (step.next.check.unwritten) writeChecks(rows, pump);
  if (pump.touchedBy !== rows.transaction) {
    pump.touchedBy = rows.transaction;
    rows.pumps.add(pump);
  }
  if (step.effects.length === 0) return;
  pump.mustKeep = true;
  for (const effect of step.effects) {
    const infusion = effect.do === 'raise' ? effect.infusion : null;
    rows.alerts.push({
      pump: pump.pump,
      infusionId: infusion === null ? null : infusionId(pump.pump, journal.epoch, infusion),
      effect,
    });
  }
}
