select pump_id, status from pump where shard = any($1::smallint[])
