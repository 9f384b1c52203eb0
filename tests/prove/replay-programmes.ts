// Programmes as a year of a fleet would leave them, written into the database past the wire: what is measured is the replay.
import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { LimitRecord } from '#schemas/messages/record.ts';
import type { Programme } from '#schemas/rules/programme.ts';
import { between, draw, pick, seedOf } from '../../firmware-sim/random.ts';
import { type Therapy, therapies, therapyOf } from '../../firmware-sim/therapies.ts';

export type StoredProgramme = {
  pump: string;
  seq: number;
  infusion: string;
  programme: Programme;
  did: Pick<LimitRecord, 'field' | 'limitType'>[];
};

const rowsAtOnce = 5_000;

/** One programme: a therapy of the fleet at a rate of its own, now and then with something left out or not in the library. */
function madeProgramme(n: number, known: readonly Therapy[], references: readonly string[]): Programme {
  const seeded = { rng: seedOf(77, n) };
  const { programme } = therapyOf(n, known);
  const factor = pick(seeded, [
    { weight: 80, value: 1 },
    { weight: 12, value: between(seeded, 0.6, 1.7) },
    { weight: 5, value: 5 },
    { weight: 3, value: 0.1 },
  ]);
  const times = (value: number | null | undefined) => (typeof value === 'number' ? value * factor : (value ?? null));
  const { concentration, steps, pca } = programme;
  const odd = draw(seeded);
  const reference = references[n % references.length];
  return {
    infusion: n + 1,
    therapy: programme.drug === 'treprostinil' && reference !== undefined ? reference : null,
    careArea: odd < 0.02 ? null : (programme.careArea ?? null),
    drug: odd > 0.98 ? `unlisted ${n % 7}` : (programme.drug ?? null),
    libraryVersion: odd > 0.96 ? null : 'Demo library-1',
    mode: programme.mode ?? null,
    concentration:
      odd > 0.9 && odd < 0.93 && concentration
        ? { ...concentration, amount: concentration.amount * 3 }
        : (concentration ?? null),
    doseRate: times(programme.doseRate),
    doseUnit: programme.doseUnit ?? null,
    rateMlPerH: times(programme.rateMlPerH),
    vtbiMl: programme.vtbiMl ?? null,
    durationMin: programme.durationMin ?? null,
    weightKg:
      odd > 0.93 && odd < 0.95
        ? null
        : typeof programme.weightKg === 'number'
          ? Math.round(between(seeded, 50, 110))
          : null,
    bsaM2: programme.bsaM2 ?? null,
    steps: steps?.map((step) => ({ ...step, rateMlPerH: step.rateMlPerH * factor })) ?? null,
    pca: pca ?? null,
  };
}

/**
 * Writes programmes with their infusions and what the pumps fired, a millisecond apart.
 * @param from ms since 1970, of the first
 * @param references of therapies with an order, named by programmes for treprostinil
 */
export async function storeProgrammes(
  db: pg.Pool,
  pumps: readonly string[],
  count: number,
  from: number,
  references: readonly string[],
): Promise<StoredProgramme[]> {
  const known = therapies();
  const made: StoredProgramme[] = [];
  for (let first = 0; first < count; first += rowsAtOnce) {
    const some = Array.from({ length: Math.min(rowsAtOnce, count - first) }, (_, index): StoredProgramme => {
      const n = first + index;
      const hash = createHash('sha256').update(`replay ${n}`).digest('hex');
      const infusion = [
        hash.slice(0, 8),
        hash.slice(8, 12),
        `5${hash.slice(13, 16)}`,
        `8${hash.slice(17, 20)}`,
        hash.slice(20, 32),
      ].join('-');
      const fired = draw({ rng: seedOf(5, n) });
      const limitType = fired < 0.02 ? 'soft-high' : 'hard-high';
      const did: StoredProgramme['did'] = fired < 0.03 ? [{ field: 'doseRate', limitType }] : [];
      const pump = pumps[n % pumps.length] ?? '';
      return { pump, seq: n * 2 + 2, infusion, programme: madeProgramme(n, known, references), did };
    });
    made.push(...some);
    const rows = some.map(({ pump, seq, infusion, programme: p, did }, index) => ({
      ...{ pump_id: pump, epoch_no: 1, seq, infusion_id: infusion, at: from + first + index, did: did[0] ?? null },
      ...{
        infusion: p.infusion,
        therapy: p.therapy,
        care_area: p.careArea,
        drug: p.drug,
        library_version: p.libraryVersion,
      },
      ...{ mode: p.mode, concentration: p.concentration, dose_rate: p.doseRate, dose_unit: p.doseUnit },
      ...{ rate_ml_per_h: p.rateMlPerH, vtbi_ml: p.vtbiMl, duration_min: p.durationMin, weight_kg: p.weightKg },
      ...{ bsa_m2: p.bsaM2, steps: p.steps, pca: p.pca },
    }));
    await db.query(
      `with r as (
         select * from json_to_recordset($1::json) as r(
           pump_id text, epoch_no integer, seq bigint, infusion_id uuid, at double precision, did jsonb, infusion bigint, therapy text,
           care_area text, drug text, library_version text, mode text, concentration jsonb, dose_rate double precision,
           dose_unit text, rate_ml_per_h double precision, vtbi_ml double precision, duration_min double precision,
           weight_kg double precision, bsa_m2 double precision, steps jsonb, pca jsonb)),
       i as (
         insert into infusion (infusion_id, pump_id, epoch_no, pump_infusion, first_seq, started_at, state_seq, drug, care_area, last_at)
         select infusion_id, pump_id, epoch_no, infusion, seq - 1, ms_time(at), seq, drug, care_area, ms_time(at) from r),
       l as (
         insert into limit_alert (pump_id, epoch_no, seq, at, received_at, late, infusion, field, attempted, limit_value, limit_type, response)
         select pump_id, epoch_no, seq - 1, ms_time(at), ms_time(at), false, infusion, did ->> 'field', 2, 1, did ->> 'limitType', 'override'
           from r where did is not null)
       insert into programme (pump_id, epoch_no, seq, at, received_at, late, infusion, therapy, care_area, drug, library_version, mode,
                              concentration, dose_rate, dose_unit, rate_ml_per_h, vtbi_ml, duration_min, weight_kg, bsa_m2, steps, pca)
       select pump_id, epoch_no, seq, ms_time(at), ms_time(at), false, infusion, therapy, care_area, drug, library_version, mode,
              concentration, dose_rate, dose_unit, rate_ml_per_h, vtbi_ml, duration_min, weight_kg, bsa_m2,
              case when jsonb_typeof(steps) = 'array' then steps end, case when jsonb_typeof(pca) = 'object' then pca end from r`,
      [JSON.stringify(rows)],
    );
  }
  await db.query('analyze programme, infusion, limit_alert');
  return made;
}
