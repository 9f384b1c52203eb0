-- Whoever else would exchange shifts of it waits.
select schedule_id as id from on_call_schedule where schedule_id = $1 for update
