--@ patient_item
 where p.patient_id = $1
