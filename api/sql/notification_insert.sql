insert into notification (idempotency_key, purpose, channel, user_id, contact_method_id, payload)
values ($1, $2, $3, $4, $5, $6) returning notification_id as id
