update on_call_schedule set layers = $2::jsonb, version = version + 1 where schedule_id = $1 and layers = '[]' and version = 1
