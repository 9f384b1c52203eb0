insert into therapy (patient_id, reference, drug, care_area, status, schedule, next_visit_at, next_delivery_at,
                     emergency_plan, created_by)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
returning therapy_id as id
