update hand_over set withdrawn_at = now()
 where signed_at is null and withdrawn_at is null and from_user = $1 and ($2::uuid is null or hand_over_id = $2)
returning hand_over_id as id
