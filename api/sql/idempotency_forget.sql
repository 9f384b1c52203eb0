delete from idempotency_key where at < now() - make_interval(secs => $1)
