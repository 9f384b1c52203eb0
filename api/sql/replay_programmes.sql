-- Programmes of a period in order of time, a page at a time, each with whose it is and what the pump said about limits while it
-- was programmed: its `limit` records go before the programme; what follows the last one is that one's. $1 from, $2 to,
-- $3 to $6 where the last page ended, $7 rows
with wanted as materialized (
  select p.* from programme p
   where p.at >= $1 and p.at < $2
     and ($3::text is null or (p.at, p.pump_id, p.epoch_no, p.seq) > ($3::text::timestamptz, $4::text, $5::integer, $6::bigint))
   order by p.at, p.pump_id, p.epoch_no, p.seq
   limit $7)
select to_char(w.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, w.pump_id as pump, w.epoch_no as "epochNo", w.seq,
       i.infusion_id as infusion, c.therapy_named as "therapyNamed", c.therapy_id as "namedId",
       a.patient_id as "assignedPatient", a.therapy_id as "assignedTherapy",
       jsonb_build_object('infusion', w.infusion, 'therapy', w.therapy, 'careArea', w.care_area, 'drug', w.drug,
                          'libraryVersion', w.library_version, 'mode', w.mode, 'concentration', w.concentration,
                          'doseRate', w.dose_rate, 'doseUnit', w.dose_unit, 'rateMlPerH', w.rate_ml_per_h, 'vtbiMl', w.vtbi_ml,
                          'durationMin', w.duration_min, 'weightKg', w.weight_kg, 'bsaM2', w.bsa_m2, 'steps', w.steps,
                          'pca', w.pca) as programme,
       (select coalesce(jsonb_agg(jsonb_build_object('field', l.field, 'limitType', l.limit_type) order by l.seq), '[]')
          from limit_alert l
         where l.pump_id = w.pump_id and l.epoch_no = w.epoch_no and l.infusion = w.infusion
           and w.seq = coalesce(
             (select min(p.seq) from programme p where p.pump_id = w.pump_id and p.epoch_no = w.epoch_no
                 and p.infusion = w.infusion and p.seq > l.seq),
             (select max(p.seq) from programme p where p.pump_id = w.pump_id and p.epoch_no = w.epoch_no
                 and p.infusion = w.infusion))) as did
  from wanted w
  left join infusion i on i.pump_id = w.pump_id and i.epoch_no = w.epoch_no and i.pump_infusion = w.infusion
  left join infusion_care c on c.infusion_id = i.infusion_id
  left join assignment a on a.assignment_id = c.assignment_id
 order by w.at, w.pump_id, w.epoch_no, w.seq
