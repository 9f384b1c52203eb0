insert into calendar_token (user_id, token_hash) values ($1, $2)
on conflict (user_id) do update set token_hash = excluded.token_hash, made_at = now()
