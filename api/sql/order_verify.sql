update therapy_order set state = 'verified', verified_by = $2, verified_at = now() where order_id = $1
