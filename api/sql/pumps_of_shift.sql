-- Every pump at a patient: how it stands, whose it is, what it was told to do last.
select p.pump_id as pump, coalesce(i.drug, h.drug) as drug,
       case when coalesce(i.drug, h.drug) is null then to_json(m.drugs) else '[]' end as "mayBe",
       exists (select from critical_drug c
                where c.name = lower(coalesce(i.drug, h.drug))
                   or coalesce(i.drug, h.drug) is null and c.name = any (m.names)) as "marked",
       case when t.patient_id is not null
            then jsonb_build_object('id', t.patient_id, 'reference', t.reference, 'initials', t.initials) end as patient,
       s.state, s.rate_ml_per_h as "rateMlPerH", s.infused_ml as "infusedMl", s.reservoir_ml as "reservoirMl",
       s.vtbi_remaining_ml as "vtbiRemainingMl", s.epoch_no as "epochNo", s.seq, s.infusion as "pumpInfusion",
       wire_time(s.last_sample_at) as "lastSampleAt", wire_time(s.silent_since) as "silentSince", g.programme
  from pump p
  left join pump_state s on s.pump_id = p.pump_id
  left join infusion i on i.pump_id = p.pump_id and i.epoch_no = s.epoch_no and i.pump_infusion = s.infusion
  left join infusion_care c on c.infusion_id = i.infusion_id
  left join assignment a on a.pump_id = p.pump_id and a.to_at is null and a.corrected_at is null
  left join therapy h on h.therapy_id = coalesce(c.therapy_id, a.therapy_id)
  left join patient t on t.patient_id = coalesce(c.patient_id, a.patient_id)
  left join lateral (
         select coalesce(array_agg(distinct n.drug), '{}') as drugs, array_agg(lower(n.drug)) as names
           from therapy_now n
          where n.patient_id = t.patient_id and n.status_now <> 'ended') m on true
  left join lateral (
         select jsonb_build_object('infusion', r.infusion, 'mode', r.mode, 'rateMlPerH', r.rate_ml_per_h, 'vtbiMl', r.vtbi_ml,
                                   'durationMin', r.duration_min, 'steps', r.steps, 'pca', r.pca) as programme
           from programme r
          where r.pump_id = p.pump_id and r.epoch_no = s.epoch_no and r.infusion = s.infusion
          order by r.seq desc limit 1) g on true
 where coalesce(p.status, 'at-patient') in ('at-patient', 'backup-at-patient')
   and (p.status is not null or a.pump_id is not null or i.infusion_id is not null or s.state in ('delivering', 'kvo'))
 order by p.pump_id
