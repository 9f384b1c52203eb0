import type { PumpOfShift } from '#schemas/http/hand-over.ts';
import type { PatientMark } from '#schemas/http/patient-mark.ts';
import { programmeRecord, pumpStates } from '#schemas/messages/record.ts';
import { isCriticalDrug } from '#schemas/rules/alarm-catalogue.ts';
import { predictEnd } from '#schemas/rules/predicted-end.ts';
import { isRunning, type LastSample } from '#schemas/rules/pump-rule-state.ts';
import type { Query } from '../database.ts';

type Row = {
  pump: string;
  drug: string | null;
  mayBe: string[];
  /** A published library marks the drug ★, or one that it may be. */
  marked: boolean;
  patient: PatientMark | null;
  state: string | null;
  rateMlPerH: number | null;
  infusedMl: number | null;
  reservoirMl: number | null;
  vtbiRemainingMl: number | null;
  epochNo: number | null;
  seq: number | null;
  pumpInfusion: number | null;
  lastSampleAt: string | null;
  silentSince: string | null;
  programme: unknown;
};

const programme = programmeRecord.omit({ kind: true, seq: true, at: true, uptimeMs: true, boot: true });

/** Every pump at a patient as it was last known, with what is predicted of it. */
export async function readPumpsOfShift(query: Query): Promise<PumpOfShift[]> {
  const rows = await query<Row>('pumps_of_shift');
  return rows.map((row) => {
    const { pump, drug, mayBe, marked, patient, state, rateMlPerH, lastSampleAt, silentSince } = row;
    const last = lastSampleOf(row);
    const end = last === null ? null : predictEnd(last, { programme: programmeOf(row), bagMl: null, demandMlPerH: 0 });
    return {
      ...{ pump, drug, mayBe, patient, state, rateMlPerH, lastSampleAt, silentSince },
      critical: marked || [drug, ...mayBe].some(isCriticalDrug),
      running: last !== null && isRunning(last.state),
      emptyAt: end === null ? null : new Date(end.at).toISOString(),
    };
  });
}

function lastSampleOf(row: Row): LastSample | null {
  const state = pumpStates.find((known) => known === row.state);
  if (state === undefined || row.lastSampleAt === null) return null;
  const { epochNo, seq, rateMlPerH, infusedMl, reservoirMl, vtbiRemainingMl } = row;
  return {
    ...{ epochNo: epochNo ?? 0, seq: seq ?? 0, infusion: row.pumpInfusion, state, rateMlPerH, infusedMl, reservoirMl },
    ...{ vtbiRemainingMl, at: Date.parse(row.lastSampleAt), pressureKpa: null, batteryPct: null, mains: null },
  };
}

/** null: none came, or it was stored with errors; the prediction then goes by the rate alone. */
function programmeOf(row: Row) {
  const read = programme.safeParse(row.programme);
  return read.success ? read.data : null;
}
