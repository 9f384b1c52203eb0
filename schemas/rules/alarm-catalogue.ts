import type { Priority } from '../messages/record.ts';

// From the pump's alarm code to our priority and words (alerts-and-limits.md, "Catalogue"). Codes are MDC_EVT_… of
// ISO/IEEE 11073-10101 as used by the IHE PCD profiles. The pump's own priority is kept beside ours.

/** What is known of the patient's situation when an alarm is judged. */
export type AlarmCircumstances = {
  /** Critical continuity: any stop or silence is high. */
  critical: boolean;
  /** A continuous opioid, an infant or insulin-containing nutrition: an empty bag is medium. */
  emptyMatters: boolean;
  batteryPct: number | null;
  pumpPriority: Priority | null;
};

type Entry = { code: RegExp; message: string; priority: (given: AlarmCircumstances) => Priority };

const unlessCritical = (usual: Priority, critical: Priority) => (given: AlarmCircumstances) =>
  given.critical ? critical : usual;
const whenEmpty = (given: AlarmCircumstances): Priority => {
  if (given.critical) return 'high';
  return given.emptyMatters ? 'medium' : 'low';
};
const always = (priority: Priority) => () => priority;

// First match wins: the more particular code stands before the more general one.
const catalogue: readonly Entry[] = [
  { code: /^MDC_EVT_PUMP_FLOW_FREE/, message: 'Free flow', priority: always('high') },
  {
    code: /^MDC_EVT_FLUID_LINE_OCCL_PROXIMAL/,
    message: 'Upstream occlusion',
    priority: unlessCritical('medium', 'high'),
  },
  { code: /^MDC_EVT_FLUID_LINE_OCCL/, message: 'Downstream occlusion', priority: unlessCritical('medium', 'high') },
  { code: /^MDC_EVT_FLUID_LINE_AIR/, message: 'Air in line', priority: unlessCritical('medium', 'high') },
  { code: /^MDC_EVT_DOOR_POSN_ERR/, message: 'Door or cassette open', priority: unlessCritical('medium', 'high') },
  { code: /^MDC_EVT_CHECK_IV_SET/, message: 'Check the infusion set', priority: unlessCritical('medium', 'high') },
  { code: /^MDC_EVT_BATT_DEPL/, message: 'Battery depleted', priority: always('high') },
  { code: /^MDC_EVT_BATT_LO/, message: 'Battery low', priority: unlessCritical('low', 'medium') },
  {
    code: /^MDC_EVT_PWR_LOSS/,
    message: 'Mains power lost',
    priority: (given) => (given.batteryPct !== null && given.batteryPct < 30 ? 'medium' : 'low'),
  },
  { code: /^MDC_EVT_VOL_INFUS_NEAR_COMP/, message: 'Near end of infusion', priority: unlessCritical('low', 'medium') },
  { code: /^MDC_EVT_VOL_INFUS_COMP/, message: 'Infusion complete', priority: whenEmpty },
  { code: /^MDC_EVT_EMPTY/, message: 'Reservoir empty', priority: whenEmpty },
  { code: /^MDC_EVT_PCA_MAX_LIMIT/, message: 'PCA limit reached', priority: always('medium') },
  { code: /^MDC_EVT_PCA_HANDSET_DETACHED/, message: 'PCA handset detached', priority: always('medium') },
  { code: /^MDC_EVT_PCA_DOOR_UNLOCKED/, message: 'PCA door unlocked', priority: always('medium') },
  { code: /^MDC_EVT_STANDBY_WARN/, message: 'Paused for long', priority: unlessCritical('low', 'high') },
  { code: /^MDC_EVT_CALLBACK/, message: 'Paused too long', priority: unlessCritical('medium', 'high') },
  { code: /^MDC_EVT_(MALF|FAIL)/, message: 'Pump malfunction', priority: always('high') },
];

/** Priority and words of a pump's alarm. An unknown code keeps the pump's own priority and is never dropped. */
export function judgeAlarm(
  code: string | null,
  given: AlarmCircumstances,
): { type: string; priority: Priority; message: string } {
  const own = given.pumpPriority ?? 'medium';
  if (code === null) return { type: 'unknown-alarm', priority: own, message: 'Alarm without a code' };
  const entry = catalogue.find((candidate) => candidate.code.test(code));
  if (!entry) return { type: code, priority: own, message: `Alarm ${code}` };
  return { type: code, priority: entry.priority(given), message: entry.message };
}

/** What an alarm's code is called; null for one that is not in the catalogue. */
export function alarmWords(code: string): string | null {
  if (code === 'unknown-alarm') return 'Alarm without a code';
  return catalogue.find((candidate) => candidate.code.test(code))?.message ?? null;
}

const stopping =
  /^MDC_EVT_(FLUID_LINE_OCCL|FLUID_LINE_AIR|DOOR_POSN_ERR|CHECK_IV_SET|BATT_DEPL|VOL_INFUS_COMP|EMPTY|STANDBY_WARN|CALLBACK|MALF|FAIL)/;

/** What an alarm means for the drug: too much of it runs, none does, or neither is said. */
export function harmDirection(code: string | null): 'too-much' | 'stopped' | 'unknown' {
  if (code?.startsWith('MDC_EVT_PUMP_FLOW_FREE')) return 'too-much';
  return code !== null && stopping.test(code) ? 'stopped' : 'unknown';
}

/** Whether an alarm says that the battery is low or worse: a silence after it is high at once. */
export function isBatteryAlarm(code: string | null): boolean {
  return code !== null && /^MDC_EVT_BATT_(LO|DEPL)/.test(code);
}

// Until a drug library says so itself, by name: prostacyclins, inotropes, vasopressors. A missed one would make its
// stop a lesser alert, so spellings are matched generously.
const criticalDrugs =
  /treprostinil|epoprostenol|iloprost|dobutamine|milrinone|dopamine|levosimendan|norepinephrine|noradrenaline|epinephrine|adrenaline|vasopressin|phenylephrine/i;
const opioids = /morphine|hydromorphone|fentanyl|sufentanil|remifentanil|oxycodone|methadone/i;
const insulin = /insulin/i;

/** Critical continuity (★): any stop or silence of this drug is high. */
export function isCriticalDrug(drug: string | null): boolean {
  return drug !== null && criticalDrugs.test(drug);
}

const prostacyclins = /treprostinil|epoprostenol|iloprost/i;

/** A stop of minutes can kill. */
export function isProstacyclin(drug: string | null): boolean {
  return drug !== null && prostacyclins.test(drug);
}

/** Drugs whose empty bag is medium. */
export function emptyMatters(drug: string | null): boolean {
  return drug !== null && (opioids.test(drug) || insulin.test(drug));
}
