select t.therapy_id as id, t.reference, t.drug, t.status, t.patient_id as patient, p.weight_kg as "weightKg", p.bsa_m2 as "bsaM2"
  from therapy t join patient p on p.patient_id = t.patient_id
 where t.therapy_id = $1 for update of t
