insert into on_call_swap (swap_id, schedule_id, asked_by, asked, one_from, one_until, other_from, other_until, reason)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
