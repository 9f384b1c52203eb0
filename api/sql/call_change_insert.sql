insert into phone_call_change (call_id, revision, by_user, before) values ($1, $2, $3, $4)
