-- The therapies of these patients, and those of these ids.
select t.therapy_id as id, t.reference, t.patient_id as patient, t.drug, t.status,
       (extract(epoch from t.hold_until) * 1000)::double precision as "holdUntil", t.care_area as "careArea"
  from therapy t where t.patient_id = any ($1::uuid[]) or t.therapy_id = any ($2::uuid[])
 order by t.created_at
