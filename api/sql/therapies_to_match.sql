-- The therapies of a patient, and that of a reference.
select t.therapy_id as id, t.reference, t.patient_id as patient, t.drug, t.status,
       extract(epoch from t.hold_until) * 1000 as "holdUntil"
  from therapy t where t.patient_id = $1 or t.therapy_id = $2
 order by t.created_at
