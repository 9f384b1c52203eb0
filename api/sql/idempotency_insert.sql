insert into idempotency_key (user_id, route, key, request_sha256, subject) values ($1, $2, $3, $4, $5)
