update alert
   set responsibility = $2, owner = $3,
       accepted_until = to_timestamp($4::double precision / 1000),
       accepted_at = to_timestamp($5::double precision / 1000),
       seen_at = coalesce(seen_at, to_timestamp($6::double precision / 1000)),
       offered_to = $7::uuid,
       needed_somebody = coalesce($8::boolean, needed_somebody)
 where alert_id = $1
