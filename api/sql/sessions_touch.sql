update session set last_seen_at = now()
 where session_hash = any ($1::bytea[]) and ended_at is null and last_seen_at < now() - interval '1 minute'
