insert into assignment (pump_id, patient_id, therapy_id, from_at, to_at, verified, created_by, corrects)
values ($1, $2, $3, $4, $5, $6, $7, $8)
returning assignment_id as id
