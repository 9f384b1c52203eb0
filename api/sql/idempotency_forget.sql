delete from idempotency_key where at < now() - interval '24 hours'
