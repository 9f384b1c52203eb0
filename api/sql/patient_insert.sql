insert into patient (reference, initials, name) values ($1, $2, $3) returning patient_id as id
