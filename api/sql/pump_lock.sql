select pump_id as id, shard, status, retired_at is not null as retired from pump where pump_id = $1 for update
