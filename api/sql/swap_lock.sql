select swap_id as id from on_call_swap where swap_id = $1 for update
