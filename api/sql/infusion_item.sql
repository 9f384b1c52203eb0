select i.infusion_id as id, i.pump_id as pump, i.epoch_no as "epochNo", i.pump_infusion as "pumpInfusion",
       i.first_seq as "firstSeq", i.drug, i.care_area as "careArea",
       wire_time(i.started_at) as "startedAt", wire_time(i.ended_at) as "endedAt", wire_time(i.last_at) as "lastAt",
       wire_time(coalesce(running.last_sample_at, i.last_at)) as "lastKnownAt",
       coalesce(case when running.pump_id is not null then running.state end, i.state) as state,
       coalesce(case when running.pump_id is not null then running.infused_ml end, i.total_ml) as "totalMl",
       case when i.ended_at is null then running.rate_ml_per_h end as "rateMlPerH",
       (select count(*) from alert a where a.pump_id = i.pump_id and a.infusion_id = i.infusion_id) as alerts,
       (select jsonb_build_object('id', p.patient_id, 'reference', p.reference, 'initials', p.initials)
          from infusion_care c join patient p on p.patient_id = c.patient_id
         where c.infusion_id = i.infusion_id) as patient,
       i.started_at
  from infusion i
  left join pump_state running on running.pump_id = i.pump_id and running.epoch_no = i.epoch_no
                              and running.infusion = i.pump_infusion and i.ended_at is null
