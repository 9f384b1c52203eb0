insert into rule_exception (patient_id, changes, reason, from_at, expires_at, created_by)
values ($1, $2, $3, coalesce($4::timestamptz, now()), $5, $6)
returning exception_id as id
