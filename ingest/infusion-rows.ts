import type { SampleRecord } from '#schemas/messages/record.ts';
import type { Arrival } from '#schemas/rules/pump-rule-state.ts';
import type { JournalMemory, PumpMemory } from './fleet.ts';
import { infusionId } from './ids.ts';
import type { Rows } from './rows.ts';

// The first record that names an infusion creates it; later ones change it in order of seq.

export type InfusionChange = {
  number: number;
  state?: string;
  ended?: boolean;
  drug?: string | null;
  careArea?: string | null;
  totalMl?: number | null;
};

/** Notes what one record says of its infusion. */
export function noteInfusion(
  rows: Rows,
  pump: PumpMemory,
  journal: JournalMemory,
  arrival: Arrival,
  change: InfusionChange,
): void {
  const id = infusionId(pump.pump, journal.epoch, change.number);
  const noted = rows.infusions.get(id);
  const says = change.state !== undefined;
  if (!noted) {
    rows.infusions.set(id, {
      infusion_id: id,
      pump_id: pump.pump,
      epoch_no: journal.epochNo,
      pump_infusion: change.number,
      first_seq: arrival.seq,
      started_at: arrival.at,
      ended_at: change.ended ? arrival.at : null,
      state: change.state ?? null,
      state_seq: says ? arrival.seq : 0,
      drug: change.drug ?? null,
      care_area: change.careArea ?? null,
      total_ml: change.totalMl ?? null,
      last_at: arrival.at,
    });
  } else {
    noted.started_at = Math.min(noted.started_at, arrival.at);
    noted.last_at = Math.max(noted.last_at, arrival.at);
    noted.first_seq = Math.min(noted.first_seq, arrival.seq);
    if (says && arrival.seq > noted.state_seq) {
      noted.state = change.state ?? null;
      noted.state_seq = arrival.seq;
      noted.ended_at = change.ended ? arrival.at : null;
    }
    noted.drug = change.drug ?? noted.drug;
    noted.care_area = change.careArea ?? noted.care_area;
    if (change.totalMl !== null && change.totalMl !== undefined) {
      noted.total_ml = Math.max(noted.total_ml ?? 0, change.totalMl);
    }
  }
  supersede(rows, pump, journal, arrival, change.number, change.state ?? null);
}

/** Samples come every few seconds: only a new infusion or a new state is written. */
export function noteSampleInfusion(
  rows: Rows,
  pump: PumpMemory,
  journal: JournalMemory,
  sample: SampleRecord,
  arrival: Arrival,
): void {
  const number = sample.infusion;
  if (number === null || number === undefined) return;
  const known = pump.infusion;
  if (known && known.epochNo === journal.epochNo && known.number === number && known.state === sample.state) return;
  noteInfusion(rows, pump, journal, arrival, {
    number,
    state: sample.state,
    ended: sample.state === 'complete',
    totalMl: sample.infusedMl ?? null,
  });
}

/** A pump runs one infusion at a time: a newer one ends those before it. */
function supersede(
  rows: Rows,
  pump: PumpMemory,
  journal: JournalMemory,
  arrival: Arrival,
  number: number,
  state: string | null,
): void {
  const known = pump.infusion;
  const same = known !== null && known.epochNo === journal.epochNo && known.number === number;
  if (same) {
    if (state !== null) pump.infusion = { ...known, state };
    return;
  }
  const newer =
    known === null || journal.epochNo > known.epochNo || (journal.epochNo === known.epochNo && number > known.number);
  if (!newer) return;
  pump.infusion = { epochNo: journal.epochNo, number, state };
  if (known !== null) {
    rows.superseded.push({ pump_id: pump.pump, epoch_no: journal.epochNo, pump_infusion: number, at: arrival.at });
  }
}
