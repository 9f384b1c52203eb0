select t.therapy_id as id, t.patient_id as patient from therapy t where t.reference = $1
