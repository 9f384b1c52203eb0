select t.reference as therapy, t.drug, wire_time(t.hold_until) as "holdUntil",
       jsonb_build_object('id', p.patient_id, 'reference', p.reference, 'initials', p.initials) as patient
  from therapy_now t join patient p on p.patient_id = t.patient_id
 where t.status_now = 'on-hold' and t.hold_until <= $1
 order by t.hold_until
