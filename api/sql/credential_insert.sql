insert into credential (pump_id, token_hash) values ($1, $2)
