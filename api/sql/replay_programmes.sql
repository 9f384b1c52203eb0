-- Programmes of a period in order of time, a page at a time, each with whose it is and what the pump said about limits while it
-- was programmed: its `limit` records go before the programme; what follows the last one is that one's. Whose it is, as infusion_care
-- says, but for the whole page at once. The programme is text, so that equal ones are read once. $1 from, $2 to,
-- $3 to $6 where the last page ended, $7 rows
with wanted as materialized (
  select p.* from programme p
   where p.at >= $1 and p.at < $2
     and ($3::text is null or (p.at, p.pump_id, p.epoch_no, p.seq) > ($3::text::timestamptz, $4::text, $5::integer, $6::bigint))
   order by p.at, p.pump_id, p.epoch_no, p.seq
   limit $7),
infusions as materialized (select distinct pump_id, epoch_no, infusion from wanted),
named as (
  select distinct on (p.pump_id, p.epoch_no, p.infusion) p.pump_id, p.epoch_no, p.infusion, p.therapy
    from programme p join infusions using (pump_id, epoch_no, infusion)
   where p.therapy is not null
   order by p.pump_id, p.epoch_no, p.infusion, p.seq desc),
fired as (
  select l.pump_id, l.epoch_no, l.seq, l.field, l.limit_type,
         coalesce((select min(p.seq) from programme p where p.pump_id = l.pump_id and p.epoch_no = l.epoch_no
                      and p.infusion = l.infusion and p.seq > l.seq),
                  (select max(p.seq) from programme p where p.pump_id = l.pump_id and p.epoch_no = l.epoch_no
                      and p.infusion = l.infusion)) as programme
    from limit_alert l join infusions using (pump_id, epoch_no, infusion)),
did as (
  select pump_id, epoch_no, programme as seq, jsonb_agg(jsonb_build_object('field', field, 'limitType', limit_type) order by fired.seq) as did
    from fired group by pump_id, epoch_no, programme)
select w.at::text as at, extract(epoch from w.at) * 1000 as "atMs", w.pump_id as pump, w.epoch_no as "epochNo", w.seq,
       i.infusion_id as infusion, n.therapy as "therapyNamed", t.therapy_id as "namedId",
       a.patient_id as "assignedPatient", a.therapy_id as "assignedTherapy", d.did,
       json_build_object('careArea', w.care_area, 'drug', w.drug, 'libraryVersion', w.library_version, 'mode', w.mode,
                         'concentration', w.concentration, 'doseRate', w.dose_rate, 'doseUnit', w.dose_unit,
                         'rateMlPerH', w.rate_ml_per_h, 'vtbiMl', w.vtbi_ml, 'durationMin', w.duration_min, 'weightKg', w.weight_kg,
                         'bsaM2', w.bsa_m2, 'steps', w.steps, 'pca', w.pca)::text as programme
  from wanted w
  left join infusion i on i.pump_id = w.pump_id and i.epoch_no = w.epoch_no and i.pump_infusion = w.infusion
  left join named n on n.pump_id = w.pump_id and n.epoch_no = w.epoch_no and n.infusion = w.infusion
  left join therapy t on t.reference = n.therapy
  left join did d on d.pump_id = w.pump_id and d.epoch_no = w.epoch_no and d.seq = w.seq
  left join lateral (
         select a.patient_id, a.therapy_id from assignment a
          where a.pump_id = i.pump_id and a.corrected_at is null and a.from_at <= coalesce(i.ended_at, 'infinity')
            and coalesce(a.to_at, 'infinity') > greatest(i.started_at, a.from_at)
          order by a.from_at limit 1) a on true
 order by w.at, w.pump_id, w.epoch_no, w.seq
