-- A token that nobody ever connected with is replaced at once; one in use works until its successor has connected.
update credential set revoked_at = now() where pump_id = $1 and revoked_at is null and first_used_at is null
