-- Infusions of therapies since a moment each, with their segments, and the last sample of what runs.
with wanted as (
       select t.therapy_id, t.reference, t.patient_id, lower(t.drug) as drug, ms_time(w.since) as since
         from unnest($1::uuid[], $2::double precision[]) as w(therapy_id, since)
         join therapy t on t.therapy_id = w.therapy_id),
     candidate as (
       select w.therapy_id, i.infusion_id
         from wanted w
         join assignment a on a.patient_id = w.patient_id and a.corrected_at is null
                          and coalesce(a.to_at, 'infinity') > w.since
                          and (a.therapy_id is null or a.therapy_id = w.therapy_id)
         join infusion i on i.pump_id = a.pump_id and coalesce(i.ended_at, 'infinity') >= w.since
                        and i.started_at < coalesce(a.to_at, 'infinity')
       union
       select w.therapy_id, i.infusion_id
         from wanted w
         join programme p on p.therapy = w.reference
         join infusion i on i.pump_id = p.pump_id and i.epoch_no = p.epoch_no and i.pump_infusion = p.infusion
                        and coalesce(i.ended_at, 'infinity') >= w.since)
select w.therapy_id, i.infusion_id, i.pump_id, extract(epoch from i.started_at) * 1000 as started_at,
       extract(epoch from i.ended_at) * 1000 as ended_at, i.total_ml,
       (select coalesce(json_agg(json_build_object(
                 'startedAt', extract(epoch from g.started_at) * 1000, 'endedAt', extract(epoch from g.ended_at) * 1000,
                 'rateMlPerH', g.rate_ml_per_h, 'ml', g.segment_ml, 'endedBy', g.ended_by, 'reason', g.reason,
                 'late', g.late) order by g.segment), '[]'::json)
          from segment g
         where g.pump_id = i.pump_id and g.epoch_no = i.epoch_no and g.infusion = i.pump_infusion) as segments,
       (select json_build_object(
                 'epochNo', s.epoch_no, 'seq', s.seq, 'at', extract(epoch from s.last_sample_at) * 1000, 'infusion', s.infusion,
                 'state', s.state, 'rateMlPerH', s.rate_ml_per_h, 'infusedMl', s.infused_ml, 'reservoirMl', s.reservoir_ml,
                 'vtbiRemainingMl', s.vtbi_remaining_ml, 'pressureKpa', s.pressure_kpa, 'batteryPct', s.battery_pct,
                 'mains', s.mains)
          from pump_state s
         where s.pump_id = i.pump_id and s.epoch_no = i.epoch_no and s.infusion = i.pump_infusion
           and s.state is not null and s.last_sample_at is not null) as sample
  from candidate k
  join wanted w on w.therapy_id = k.therapy_id
  join infusion i on i.infusion_id = k.infusion_id
  join infusion_care c on c.infusion_id = i.infusion_id
  left join assignment a on a.assignment_id = c.assignment_id
 where c.therapy_id = w.therapy_id
    or c.therapy_id is null and a.patient_id = w.patient_id
       and (a.therapy_id is null and lower(i.drug) = w.drug
            or a.therapy_id = w.therapy_id and coalesce(lower(i.drug), w.drug) = w.drug)
