update session set ended_at = now() where user_id = $1 and ended_at is null returning encode(session_hash, 'hex') as hash
