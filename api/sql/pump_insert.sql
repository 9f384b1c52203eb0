insert into pump (pump_id, shard, model, serial) values ($1, $2, $3, $4)
