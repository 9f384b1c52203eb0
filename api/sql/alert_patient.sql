select c.patient_id as patient from alert_care c where c.alert_id = $1
