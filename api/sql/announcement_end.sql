update announcement set ended_at = greatest(at, now()), ended_by = $2 where announcement_id = $1
