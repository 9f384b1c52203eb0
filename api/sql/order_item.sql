select o.order_id as id, jsonb_build_object('id', t.therapy_id, 'reference', t.reference) as therapy,
       jsonb_build_object('id', p.patient_id, 'reference', p.reference, 'initials', p.initials) as patient,
       o.version, o.state, o.drug, o.mode, o.concentration, o.dose_rate as "doseRate", o.dose_unit as "doseUnit",
       o.rate_ml_per_h as "rateMlPerH", o.volume_ml as "volumeMl", o.overfill_ml as "overfillMl",
       o.total_dose as "totalDose", o.duration_min as "durationMin", o.pca, o.weight_kg as "weightKg", o.bsa_m2 as "bsaM2",
       o.notes, o.source, wire_time(o.created_at) as "createdAt",
       jsonb_build_object('id', c.user_id, 'name', c.name) as "createdBy", wire_time(o.verified_at) as "verifiedAt",
       case when v.user_id is not null then jsonb_build_object('id', v.user_id, 'name', v.name) end as "verifiedBy",
       wire_time(o.ended_at) as "endedAt",
       case when e.user_id is not null then jsonb_build_object('id', e.user_id, 'name', e.name) end as "endedBy",
       o.end_reason as "endReason", o.created_at
  from therapy_order o
  join therapy t on t.therapy_id = o.therapy_id
  join patient p on p.patient_id = t.patient_id
  join app_user c on c.user_id = o.created_by
  left join app_user v on v.user_id = o.verified_by
  left join app_user e on e.user_id = o.ended_by
