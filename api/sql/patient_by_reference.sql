--@ patient_item
 where p.reference = $1
