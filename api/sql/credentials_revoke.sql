update credential set revoked_at = now() where pump_id = $1 and revoked_at is null
