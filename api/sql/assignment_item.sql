select a.assignment_id as id, a.pump_id as pump,
       jsonb_build_object('id', p.patient_id, 'reference', p.reference, 'initials', p.initials) as patient,
       case when t.therapy_id is not null
            then jsonb_build_object('id', t.therapy_id, 'reference', t.reference, 'drug', t.drug) end as therapy,
       wire_time(a.from_at) as from, wire_time(a.to_at) as to, a.verified, wire_time(a.created_at) as "createdAt",
       jsonb_build_object('id', c.user_id, 'name', c.name) as "createdBy",
       case when e.user_id is not null then jsonb_build_object('id', e.user_id, 'name', e.name) end as "endedBy",
       a.corrects, wire_time(a.corrected_at) as "correctedAt",
       case when k.user_id is not null then jsonb_build_object('id', k.user_id, 'name', k.name) end as "correctedBy",
       a.correct_reason as "correctReason", a.created_at
  from assignment a
  join patient p on p.patient_id = a.patient_id
  left join therapy t on t.therapy_id = a.therapy_id
  join app_user c on c.user_id = a.created_by
  left join app_user e on e.user_id = a.ended_by
  left join app_user k on k.user_id = a.corrected_by
