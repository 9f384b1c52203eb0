insert into session (session_hash, user_id, csrf_token) values ($1, $2, $3)
