update on_call_swap set state = $2, answered_at = clock_timestamp() where swap_id = $1
