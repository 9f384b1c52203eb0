update hand_over set signed_at = now(), page = $2, taken = $3 where hand_over_id = $1
