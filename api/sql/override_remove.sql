update on_call_override set removed_at = clock_timestamp(), removed_by = $2
 where override_id = $1 and removed_at is null returning override_id as id
