update session set ended_at = now() where session_hash = $1 and ended_at is null
