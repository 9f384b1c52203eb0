insert into phone_call (at, direction, caller, caller_name, call_back_number, patient_id, alert_id, reached, complaint, advice,
                        outcome, follow_up, follow_up_due_at, follow_up_owner, announcement_id, created_by)
values (coalesce($1::timestamptz, now()), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
returning call_id as id
