select request_sha256 as "requestSha256", subject from idempotency_key where user_id = $1 and route = $2 and key = $3
